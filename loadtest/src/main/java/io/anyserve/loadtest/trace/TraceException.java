package io.anyserve.loadtest.trace;

import java.io.IOException;

/** A line of a trace is no request. */
public final class TraceException extends IOException {

  private static final long serialVersionUID = 1L;

  TraceException(String trace, long line, String problem) {
    super(trace + " line " + line + ": " + problem);
  }
}
