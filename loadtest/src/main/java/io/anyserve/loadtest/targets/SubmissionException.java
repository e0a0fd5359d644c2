package io.anyserve.loadtest.targets;

/** A submission has a result that is no answer. */
public final class SubmissionException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String code;

  SubmissionException(String code, String message) {
    super(code + ": " + message);
    this.code = code;
  }

  /** Of the failure. */
  public String code() {
    return code;
  }
}
