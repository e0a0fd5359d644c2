package io.anyserve.objects;

import static org.junit.jupiter.api.Assertions.assertThrows;

/** Attempts that must end in an {@link ObjectStoreException}. */
final class Failing {

  private Failing() {}

  @FunctionalInterface
  interface Attempt {
    void run() throws Exception;
  }

  static ObjectStoreException failing(Attempt attempt) {
    return assertThrows(ObjectStoreException.class, attempt::run);
  }
}
