package io.anyserve.ingress.response;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.Test;

final class ResumeTokenFuzzTest {

  @Test
  void onlyIssuedTokensAreRead() {
    FixedInputs.feed(ResumeTokenFuzz::fuzzerTestOneInput, 10_000, 120);
  }
}
