// A JSON document with one thing wrong, or sometimes only different: who reads it decides.
#pragma once
#include "schemas/generator/tree.hpp"
#include "tests/support/generate.hpp"

namespace nrm::schemas {
// One change at a random place: a member added, left out or of another type; a code, id, date or
// text that is not one; a number out of range; a list that is too long.
Tree mutated(test::Generator& random, const Tree& original);

// All of these changes, at every place of the document.
std::vector<Tree> every_mutation(const Tree& original);
}  // namespace nrm::schemas
