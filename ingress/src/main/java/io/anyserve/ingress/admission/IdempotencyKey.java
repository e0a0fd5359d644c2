package io.anyserve.ingress.admission;

import io.anyserve.contracts.FailureCode;
import java.util.List;

/**
 * Under which a client may submit a call again: each choice of the call is a request of its own.
 *
 * @param client as the client gives it
 * @param choice from 0
 */
public record IdempotencyKey(String client, int choice) {

  private static final int LONGEST = 255;

  /** No client's key has it, so that no two keys and choices make the same name. */
  private static final char SEPARATOR = '\u0001';

  /** Throws {@link InvalidRequestException} for a key that is none. */
  public IdempotencyKey {
    if (client.isEmpty() || client.length() > LONGEST || !isPrintable(client)) {
      throw new InvalidRequestException(
          FailureCode.INVALID_REQUEST,
          List.of(
              new FieldViolation(
                  "idempotency-key",
                  "idempotency-key: %d characters (expected: 1 to %d printable ASCII characters)"
                      .formatted(client.length(), LONGEST))));
    }
  }

  /** Of a call with one choice. */
  public static IdempotencyKey of(String client) {
    return new IdempotencyKey(client, 0);
  }

  private static boolean isPrintable(String key) {
    return key.chars().allMatch(character -> character >= ' ' && character <= '~');
  }

  /** What its requests are named after. */
  String name() {
    return choice == 0 ? client : client + SEPARATOR + choice;
  }
}
