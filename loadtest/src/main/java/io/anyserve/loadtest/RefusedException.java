package io.anyserve.loadtest;

import java.io.IOException;

/** A server answered a call over HTTP with an error. */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  private static final String FIELD = "\"code\":\"";

  private final String code;

  /**
   * @param error the body, or the data of an event, as JSON
   */
  RefusedException(String status, String error) {
    super(status + " " + error);
    int from = error.indexOf(FIELD);
    int to = from < 0 ? -1 : error.indexOf('"', from + FIELD.length());
    this.code = to < 0 ? "" : error.substring(from + FIELD.length(), to);
  }

  /** Of the error; empty where the server gave none. */
  public String code() {
    return code;
  }
}
