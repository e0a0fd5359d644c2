package io.anyserve.standalone.simulation;

/** A run did what it must never do. */
final class Violation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Violation(String what) {
    super(what);
  }
}
