// Everything in schemas/ that is generated, as path and bytes.
#pragma once
#include <map>
#include <string>

#include "schemas/generator/shapes.hpp"

namespace nrm::schemas {
using Files = std::map<std::string, std::string>;  // path below schemas/ -> bytes

// What is the same after every run: schemas, code lists, API descriptions. Not the samples.
Files generate();
// One sample per event type: "samples/<type>.json". A sample that exists is never written anew.
Files samples();

// The parts, each in the source of its name.
void add_events(Files& files);
void add_commands(Files& files);
void add_envelopes(Files& files);    // record, policy pack, problem
void add_cloudevents(Files& files);  // of the auditors' feed, and of a case's timeline
void add_codelists(Files& files);
void add_openapi(Files& files);
void add_asyncapi(Files& files);

// `schema` with what makes it a document: $schema, $id from its path, title, description, $defs.
std::string document(const std::string& path, std::string_view title, std::string_view description,
                     const Tree& schema, const Tree& definitions);
Tree problem_schema();
std::string event_path(std::string_view type);    // "events/<type>.schema.json"
std::string command_path(std::string_view type);  // "commands/<type>.schema.json"
inline constexpr std::string_view base_id = "https://nrm.example/schemas/";
}  // namespace nrm::schemas
