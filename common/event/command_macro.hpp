// What every command states of itself: its type, and which service decides it.
#pragma once
#include <boost/mp11/list.hpp>

#include "common/event/facts.hpp"

#define NRM_COMMAND(target_name, type_name)           \
  static constexpr std::string_view type = type_name; \
  static constexpr Service target = Service::target_name;
