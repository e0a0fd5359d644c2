package io.anyserve.standalone.simulation;

/** A run did what it must never do. */
final class RuleViolation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RuleViolation(String what) {
    super(what);
  }
}
