// What every event states of itself: its type, who emits it, on which kind of stream.
#pragma once
#include <boost/mp11/list.hpp>

#include "common/event/facts.hpp"

#define NRM_EVENT(emitter_name, stream_kind, type_name)     \
  static constexpr std::string_view type = type_name;       \
  static constexpr Service emitter = Service::emitter_name; \
  static constexpr StreamKind stream = StreamKind::stream_kind;
