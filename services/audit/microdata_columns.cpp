// The columns of CTDC's code book and of HTCDS 2.0, as data.
#include "services/audit/microdata.hpp"

#include <iterator>

namespace nrm {
namespace {
constexpr std::string_view ctdc_source =
    "CTDC global dataset, code book v6 (2017) and file of April 2020";
constexpr std::string_view htcds_source = "HTCDS 2.0 (IOM, CC BY 4.0, no endorsement implied)";
constexpr std::string_view flag = "1: yes; 0: no; -99: not recorded or left out";

#define NRM_FLAG(name, meaning, leaves) \
  { name, meaning, flag, ctdc_source, leaves }
constexpr Variable ctdc[] = {
    {"yearOfRegistration", "year of the report", "2023", ctdc_source, 0},
    {"Datasource", "kind of source", "Case Management", ctdc_source, 0},
    {"gender", "gender", "Female; Male; -99", ctdc_source, 1},
    {"ageBroad", "age band", "0--8 … 48+; -99: bands are not recorded here", ctdc_source, 0},
    {"majorityStatus", "at registration", "Minor; Adult; -99", ctdc_source, 3},
    {"majorityStatusAtExploit", "when the exploitation began", "Minor; Adult; -99", ctdc_source, 4},
    {"majorityEntry", "at entry into the process", "-99: not recorded apart", ctdc_source, 0},
    {"citizenship", "first citizenship, ISO 3166-1", "GB; 00: unknown or left out", ctdc_source, 6},
    NRM_FLAG("meansOfControlDebtBondage", "debt bondage", 9),
    NRM_FLAG("meansOfControlTakesEarnings", "takes earnings", 9),
    NRM_FLAG("meansOfControlRestrictsFinancialAccess", "restricts financial access", 9),
    NRM_FLAG("meansOfControlThreats", "threats, but of law enforcement", 9),
    NRM_FLAG("meansOfControlPsychologicalAbuse", "psychological abuse", 9),
    NRM_FLAG("meansOfControlPhysicalAbuse", "physical abuse", 9),
    NRM_FLAG("meansOfControlSexualAbuse", "sexual abuse as control, not as purpose", 9),
    NRM_FLAG("meansOfControlFalsePromises", "false promises", 9),
    NRM_FLAG("meansOfControlPsychoactiveSubstances", "psychoactive substances", 9),
    NRM_FLAG("meansOfControlRestrictsMovement", "restricts movement", 9),
    NRM_FLAG("meansOfControlRestrictsMedicalCare", "restricts medical care", 9),
    NRM_FLAG("meansOfControlExcessiveWorkingHours", "excessive working hours", 9),
    NRM_FLAG("meansOfControlUsesChildren", "uses children", 9),
    NRM_FLAG("meansOfControlThreatOfLawEnforcement", "threat of police or immigration", 9),
    NRM_FLAG("meansOfControlWithholdsNecessities", "withholds necessities", 9),
    NRM_FLAG("meansOfControlWithholdsDocuments", "withholds documents", 9),
    NRM_FLAG("meansOfControlOther", "another means", 9),
    NRM_FLAG("meansOfControlNotSpecified", "no means recorded", 9),
    {"meansOfControlConcatenated", "the means with 1, joined with ;", "", ctdc_source, 9},
    NRM_FLAG("isForcedLabour", "forced labour", 5),
    NRM_FLAG("isSexualExploit", "sexual exploitation", 5),
    NRM_FLAG("isOtherExploit", "another exploitation", 5),
    NRM_FLAG("isSexAndLabour", "both", 5),
    NRM_FLAG("isForcedMarriage", "forced marriage", 5),
    NRM_FLAG("isForcedMilitary", "forced military service", 5),
    NRM_FLAG("isOrganRemoval", "organ removal", 5),
    {"typeOfExploitConcatenated", "the types with 1, joined with ;", "", ctdc_source, 5},
    NRM_FLAG("typeOfLabourAgriculture", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourAquafarming", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourBegging", "forced begging", 5),
    NRM_FLAG("typeOfLabourConstruction", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourDomesticWork", "domestic servitude", 5),
    NRM_FLAG("typeOfLabourHospitality", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourIllicitActivities", "criminal exploitation", 5),
    NRM_FLAG("typeOfLabourManufacturing", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourMiningOrDrilling", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourPeddling", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourTransportation", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourOther", "industry: not recorded here", 0),
    NRM_FLAG("typeOfLabourNotSpecified", "labour, industry not recorded", 5),
    {"typeOfLabourConcatenated", "the industries with 1, joined with ;", "", ctdc_source, 5},
    NRM_FLAG("typeOfSexProstitution", "not recorded here", 0),
    NRM_FLAG("typeOfSexPornography", "not recorded here", 0),
    NRM_FLAG("typeOfSexRemoteInteractiveServices", "not recorded here", 0),
    NRM_FLAG("typeOfSexPrivateSexualServices", "not recorded here", 0),
    {"typeOfSexConcatenated", "not recorded here", "", ctdc_source, 0},
    NRM_FLAG("isAbduction", "not recorded here", 0),
    {"RecruiterRelationship", "not recorded here", "", ctdc_source, 0},
    {"CountryOfExploitation", "first country of exploitation, ISO 3166-1",
     "GB; 00: unknown or left out", ctdc_source, 8},
    NRM_FLAG("recruiterRelationIntimatePartner", "not recorded here", 0),
    NRM_FLAG("recruiterRelationFriend", "not recorded here", 0),
    NRM_FLAG("recruiterRelationFamily", "not recorded here", 0),
    NRM_FLAG("recruiterRelationOther", "not recorded here", 0),
    NRM_FLAG("recruiterRelationUnknown", "not recorded here", 0),
};
static_assert(std::size(ctdc) == 62, "the code book has 62 variables");
#undef NRM_FLAG

constexpr Variable htcds[] = {
    {"prs_Gender", "gender",
     "Feminine; Masculine; TransgenderFeminine; TransgenderMasculine; NonConforming; "
     "NonSpecifiedUnknown",
     htcds_source, 1},
    {"prs_Citizenship", "citizenships, ISO 3166-1, joined with ;", "GB", htcds_source, 6},
    {"vic_TypeOfExploitation", "types, joined with ;",
     "ForcedLabour; SexualExploitation; ForcedMarriage; Servitude; ForcedMilitaryByNonStateActors; "
     "OrganRemoval; ForcedBegging; ForcedAdoption; Surrogacy; Other",
     htcds_source, 5},
    {"vic_Methods_of_Control", "means of control with the prefix MethodsOfControl, joined with ;",
     "17 codes of the definitions file", htcds_source, 9},
    {"vic_TraffickingStatus", "status of the person",
     "PossibleVictimOfTrafficking; ActualVictimOfTrafficking; NotAVictimOfTrafficking",
     htcds_source, 2},
    {"vic_TraffickingStatusDecisionMakingOrg", "who says so",
     "Police; NGO; CourtOrProsecution; NonPoliceGovernmentalOrganization; Other", htcds_source, 2},
    {"cas_Status", "status of the case", "Active; FollowUp; Closed; ClosedReferred", htcds_source,
     7},
    {"org_Type", "type of the organisation that reported",
     "NGO; LawEnforcement; HealthServiceOrganisation; CentralGovernmentOrganisation; "
     "LocalGovernmentOrganisation; ImmigrationService; LegalService; CorporateBusiness; "
     "SchoolOrCollege",
     htcds_source, 8},
};
}  // namespace

std::span<const Variable> variables(CodeBook book) {
  return book == CodeBook::ctdc ? std::span<const Variable>(ctdc)
                                : std::span<const Variable>(htcds);
}

const Variable* find_variable(std::string_view name) {
  for (const CodeBook book : {CodeBook::ctdc, CodeBook::htcds})
    for (const Variable& one : variables(book))
      if (one.name == name) return &one;
  return nullptr;
}

}  // namespace nrm
