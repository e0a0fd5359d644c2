package io.anyserve.contracts.event;

/**
 * Who answered a request.
 *
 * @param capability may differ from the one asked for; empty when no worker took the request
 * @param model empty likewise
 * @param worker empty likewise
 */
public record Answerer(
    String capability, String model, String worker, int attempts, boolean delegated) {

  public static final Answerer NOBODY = new Answerer("", "", "", 0, false);
}
