package io.anyserve.ingress.access;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.Test;

final class WebAccessFuzzTest {

  @Test
  void onlyOwnAndListedNamesPass() {
    FixedInputs.feed(WebAccessFuzz::fuzzerTestOneInput, 20_000, 60);
  }
}
