package io.anyserve.worker.torch.model;

import java.nio.file.Path;

/** A model that cannot be served; the message names the file, the key and what was expected. */
public final class InvalidModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 80;

  public InvalidModelException(Path file, String problem, String expected) {
    super(message(file, problem, expected));
  }

  public InvalidModelException(Path file, String problem, String expected, Throwable cause) {
    super(message(file, problem, expected), cause);
  }

  /** Never null, unlike that of other exceptions. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  private static String message(Path file, String problem, String expected) {
    return file + ": " + problem + " (expected: " + expected + ")";
  }

  /** At most 80 characters, without control characters. */
  public static String printable(String value) {
    String shown = value.length() > SHOWN ? value.substring(0, SHOWN) + "..." : value;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
