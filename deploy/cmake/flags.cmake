# Warnings, and the hardening of the OpenSSF guide as far as g++ 12 has it (reliability.md, 1.6).
# Our own CHECKs stay on in release; NDEBUG is never defined (RocksDB's headers need care there).
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fno-delete-null-pointer-checks -fno-strict-overflow -fstack-clash-protection
                      -ftrivial-auto-var-init=zero)
  # Two passes that compare every function with every other one: of hundreds of small ones, one per
  # event, that was more than half of a file's time (the gateway's views: 82 s of CPU, without 36).
  add_compile_options(-fno-ipa-icf -fno-ipa-sra)
  # g++ 12 warns of short std::strings that are joined, or moved into a struct, with _FORTIFY_SOURCE:
  # always of the branch that is not taken. Forty lines that hide a true one.
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endif()
add_compile_options(-fstack-protector-strong -fcf-protection=full -fPIE
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)

if(NRM_SANITIZE)
  add_compile_options(-fsanitize=${NRM_SANITIZE} -fno-sanitize=vptr,null,alignment,object-size
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NRM_SANITIZE})
else()
  add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=3>)
endif()
