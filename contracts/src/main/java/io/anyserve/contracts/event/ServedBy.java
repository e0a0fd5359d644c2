package io.anyserve.contracts.event;

/**
 * Who answered a request.
 *
 * @param capability may differ from the one asked for; empty when no worker took the request
 * @param model empty likewise
 * @param worker empty likewise
 */
public record ServedBy(
    String capability, String model, String worker, int attempts, boolean delegated) {

  public static final ServedBy NOBODY = new ServedBy("", "", "", 0, false);
}
