// Values of any described type, from a seed: same seed, same value, on every machine. Used where a
// property must hold for every event, command or record, without writing each of them out.
//
// Optionals are there or not, lists have 0 to 3 items, texts hold what JSON must escape, several
// bytes per character and quotes; times are of the years 1 to 9999. What comes out is always
// acceptable to the strict reader.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "common/base/codec.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/event/record.hpp"

namespace nrm::test {
template <class T>
struct IsVariant : std::false_type {};
template <class... T>
struct IsVariant<std::variant<T...>> : std::true_type {};
template <class T>
concept IsOneOf = requires {
  typename T::Alternatives;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  // splitmix64 (Steele, Lea, Flood 2014)
  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return bits() % bound; }
  bool coin() { return below(2) == 0; }

  Digest16 digest() {
    Digest16 out;
    for (auto& byte : out.bytes) byte = static_cast<char>(bits());
    return out;
  }

  template <class T>
  T make() {
    if constexpr (std::is_same_v<T, bool>) {
      return coin();
    } else if constexpr (std::is_integral_v<T>) {
      return integer<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      return text(20, true);
    } else if constexpr (DescribedEnum<T>) {
      return enumerator<T>();
    } else if constexpr (IsOptional<T>::value) {
      return coin() ? T(make<typename T::value_type>()) : T();
    } else if constexpr (IsSensitive<T>::value) {
      return T(make<std::remove_cvref_t<decltype(T().reveal())>>());
    } else if constexpr (IsList<T>::value) {
      T out;
      for (auto n = below(4); n > 0; --n) out.push_back(make<typename T::value_type>());
      return out;
    } else if constexpr (IsVariant<T>::value) {
      return of_variant<T>(below(std::variant_size_v<T>));
    } else if constexpr (IsOneOf<T>) {
      return alternative<T>(below(T::count));
    } else if constexpr (TextScalar<T>) {
      return scalar<T>();
    } else {
      static_assert(Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
      T out{};
      boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
          [&](auto d) {
            using Member = std::remove_reference_t<decltype(out.*d.pointer)>;
            out.*d.pointer = make<Member>();
          });
      return out;
    }
  }

  // The n-th alternative of Event or Command.
  template <IsOneOf T>
  T alternative(std::size_t n) {
    return any_of(n, static_cast<T*>(nullptr), static_cast<typename T::Alternatives*>(nullptr));
  }

 private:
  template <class T, class One>
  static T one(Generator& random) {
    return random.make<One>();
  }
  template <class T, class... All>
  T any_of(std::size_t n, T*, boost::mp11::mp_list<All...>*) {
    static constexpr T (*makers[])(Generator&) = {&Generator::one<T, All>...};
    return makers[n](*this);
  }
  template <class T>
  T of_variant(std::size_t n) {
    T out;
    boost::mp11::mp_with_index<std::variant_size_v<T>>(n, [&](auto i) {
      out.template emplace<i.value>(make<std::variant_alternative_t<i.value, T>>());
    });
    return out;
  }
  template <class T>
  T integer() {
    constexpr std::uint64_t json_max = (std::uint64_t{1} << 53) - 1;
    const std::uint64_t edges[] = {0, 1, json_max};
    const std::uint64_t value = below(4) == 0 ? edges[below(3)] : bits() & json_max;
    return static_cast<T>(value & static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
  }

  template <class T>
  T enumerator() {
    using List = boost::describe::describe_enumerators<T>;
    T out{};
    boost::mp11::mp_with_index<boost::mp11::mp_size<List>::value>(
        below(boost::mp11::mp_size<List>::value),
        [&](auto i) { out = boost::mp11::mp_at<List, decltype(i)>::value; });
    return out;
  }

  // 1 to `bytes_max` bytes of clean UTF-8; controls only where a plain string may have them.
  std::string text(std::size_t bytes_max, bool controls) {
    static constexpr std::string_view pieces[] = {"a",      "Z",          "7",  " ",      "/",
                                                  "~",      "\"",         "\\", "\u00e9", "\u2014",
                                                  "\u6f22", "\U0001f54a", "\n", "\x01"};
    std::string out(1, "abc"[below(3)]);
    for (auto n = below(12); n > 0; --n) {
      const auto piece = pieces[below(controls ? 14 : 12)];
      if (out.size() + piece.size() <= bytes_max) out += piece;
    }
    return out;
  }

  Uuid uuid() {
    Uuid id;
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(bits());
    return id;
  }

  template <class T>
  T scalar() {
    if constexpr (std::is_base_of_v<Uuid, T>) {
      return T(uuid());
    } else if constexpr (std::is_same_v<T, Date>) {
      return Instant{instant_ms()}.date();
    } else if constexpr (std::is_same_v<T, Instant>) {
      return {instant_ms()};
    } else if constexpr (std::is_same_v<T, StreamKey>) {
      return {enumerator<StreamKind>(), uuid()};
    } else if constexpr (requires { T::bytes_max; }) {
      return T::parse(text(T::bytes_max, false)).value();
    } else if constexpr (std::is_same_v<T, Currency>) {
      std::string code;
      while (code.size() < 3) code += static_cast<char>('A' + below(26));
      return T::parse(code).value();
    } else {  // a code of two letters, in either case
      for (;;) {
        const char first = static_cast<char>('a' + below(26)), second = char('a' + below(26));
        if (auto code = T::parse(std::string{first, second})) return *code;
        if (auto code = T::parse(std::string{char(first - 32), char(second - 32)})) return *code;
      }
    }
  }

  std::int64_t instant_ms() {
    constexpr std::int64_t first = -62'135'596'800'000, last = 253'402'300'799'999;
    return first + static_cast<std::int64_t>(below(last - first + 1));
  }

  std::uint64_t state_;
};

// A record of random content: any input, events or a rejection, clocks.
inline Record any_record(std::uint64_t seed) {
  Generator random(seed);
  Record record;
  record.seq = random.make<std::uint64_t>();
  record.id = random.make<Uuid>();
  record.at = random.make<Instant>();
  record.actor = random.make<std::optional<Actor>>();
  switch (random.below(4)) {
    case 0:
      record.input = OpenedNote{};
      break;
    case 1:
      record.input = CommandNote{random.make<Command>(), random.digest(), random.digest(),
                                 random.make<std::optional<Expectation>>()};
      break;
    case 2:
      record.input = ReceivedNote{log_name(random.make<Service>()), random.make<std::uint64_t>(),
                                  random.make<std::uint32_t>(), random.make<std::string>()};
      break;
    default:
      record.input =
          DueNote{random.make<ClockName>(), random.make<StreamKey>(), random.make<Instant>()};
  }
  if (random.below(4) == 0)
    record.rejection.emplace(static_cast<Code>(random.below(std::size(code_rows))),
                             random.make<std::string>(), random.make<std::string>());
  else
    for (auto n = random.below(4); n > 0; --n)
      record.events.push_back({random.make<StreamKey>(), random.make<Event>()});
  record.clocks = random.make<std::vector<ClockChange>>();
  record.policy = random.make<std::string>();
  record.engine = random.make<std::uint32_t>();
  return record;
}
}  // namespace nrm::test
