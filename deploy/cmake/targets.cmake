# nrm_reads_vocabulary(): targets of this folder, and below it, read the vocabulary as nrm_step
# precompiled it.
macro(nrm_reads_vocabulary)
  if(NRM_PRECOMPILED AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(NRM_VOCABULARY_OF nrm_step)
  endif()
endmacro()

# nrm_library(NAME SOURCES a.cpp … LIBRARIES other …): an object library per folder, so that
# programs, tests and benchmarks link the same objects and nothing compiles twice.
function(nrm_library NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${NAME} STATIC ${ARG_SOURCES})
  target_include_directories(${NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${NAME} PUBLIC ${ARG_LIBRARIES})
  if(NRM_VOCABULARY_OF)
    target_precompile_headers(${NAME} REUSE_FROM ${NRM_VOCABULARY_OF})
  endif()
endfunction()

# nrm_program(NAME SOURCES … LIBRARIES …)
function(nrm_program NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE ${ARG_LIBRARIES})
  if(NRM_VOCABULARY_OF)
    target_precompile_headers(${NAME} REUSE_FROM ${NRM_VOCABULARY_OF})
  endif()
  if(NOT NRM_SANITIZE AND NOT NRM_FUZZ)  # sanitizers bring an allocator of their own
    target_link_libraries(${NAME} PRIVATE PkgConfig::JEMALLOC)
  endif()
endfunction()

# nrm_test(NAME SOURCES … LIBRARIES …): one GoogleTest binary, each case known to ctest.
include(GoogleTest)
function(nrm_test NAME)
  cmake_parse_arguments(ARG "WHOLE" "TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
  nrm_program(${NAME} SOURCES ${ARG_SOURCES} LIBRARIES ${ARG_LIBRARIES} GTest::gtest_main
              GTest::gmock)
  target_compile_definitions(${NAME} PRIVATE NRM_SOURCE_FOLDER="${CMAKE_SOURCE_DIR}"
                             NRM_BINARY_FOLDER="${CMAKE_BINARY_DIR}/bin")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(ARG_WHOLE) # its fixture is dear: once for all of its tests
    add_test(NAME ${NAME} COMMAND ${NAME})
    set_tests_properties(${NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  else()
    gtest_discover_tests(${NAME} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  endif()
endfunction()
