package io.anyserve.contracts.compatibility;

/**
 * A change after which a message of one version cannot be read by the other as it was meant.
 *
 * @param element its full name
 * @param what was and what is
 */
record BreakingChange(Rule rule, String element, String what) {

  /** The rules of {@code buf breaking}, level FILE, by their names there without the kind. */
  enum Rule {
    FILE_OPTIONS,
    MESSAGE_DELETED,
    ENUM_DELETED,
    SERVICE_DELETED,
    METHOD_DELETED,
    METHOD_TYPES,
    METHOD_STREAMING,
    FIELD_NUMBER_NOT_RESERVED,
    FIELD_NAME_NOT_RESERVED,
    FIELD_NAME,
    FIELD_JSON_NAME,
    FIELD_TYPE,
    FIELD_LABEL,
    FIELD_ONEOF,
    ONEOF_DELETED,
    ENUM_NUMBER_NOT_RESERVED,
    ENUM_NAME_NOT_RESERVED,
    ENUM_NAME,
    RESERVATION_DELETED
  }

  @Override
  public String toString() {
    return rule + " " + element + ": " + what;
  }
}
