// How a form states its name and the command that it becomes.
#pragma once
#include <boost/mp11/list.hpp>

#include "common/event/commands.hpp"

// `nested`: the member of the command that is the whole body, as a JSON pointer.
#define NRM_FORM(form_name, command_name, nested_pointer)    \
  static constexpr std::string_view form = form_name;        \
  static constexpr std::string_view nested = nested_pointer; \
  using Sends = nrm::command_name;

// A form without a body of its own: everything is in the path.
#define NRM_EMPTY_FORM(type, command_name, member)      \
  struct type {                                         \
    NRM_FORM(#type, command_name, "")                   \
    Sends command(const Uuid& id, const Actor&) const { \
      Sends out;                                        \
      out.member = decltype(out.member)(id);            \
      return out;                                       \
    }                                                   \
  };                                                    \
  BOOST_DESCRIBE_STRUCT(type, (), ())
