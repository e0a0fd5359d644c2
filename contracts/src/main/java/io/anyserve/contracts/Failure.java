package io.anyserve.contracts;

/**
 * Why a request was refused or failed.
 *
 * @param message for the caller: names the offending and the expected value
 */
public record Failure(FailureCode code, String message) {

  @Override
  public String toString() {
    return code + ": " + message;
  }
}
