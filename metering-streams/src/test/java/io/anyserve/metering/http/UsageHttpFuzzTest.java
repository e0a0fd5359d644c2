package io.anyserve.metering.http;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class UsageHttpFuzzTest {

  @AfterAll
  static void stop() throws Exception {
    UsageHttpFuzz.end();
  }

  @Test
  void bytesAreAnsweredInTheFormOfHttp() {
    FixedInputs.feed(UsageHttpFuzz::fuzzerTestOneInput, 300, 120);
  }
}
