package io.anyserve.chaos.client;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.Test;

final class StreamClientFuzzTest {

  @Test
  void everyStreamEndsOnce() {
    FixedInputs.feed(StreamClientFuzz::fuzzerTestOneInput, 20_000, 80);
  }
}
