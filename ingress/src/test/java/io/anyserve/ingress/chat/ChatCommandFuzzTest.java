package io.anyserve.ingress.chat;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.Test;

final class ChatCommandFuzzTest {

  @Test
  void everyTextIsReadOrRefused() {
    FixedInputs.feed(ChatCommandFuzz::fuzzerTestOneInput, 20_000, 80);
  }
}
