package io.anyserve.ingress.chat;

import io.anyserve.runtime.fuzz.FixedInputs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class ChatSocketFuzzTest {

  @AfterAll
  static void stop() throws Exception {
    ChatSocketFuzz.end();
  }

  @Test
  void framesAreAnsweredInTheFormOfWebSockets() {
    FixedInputs.feed(ChatSocketFuzz::fuzzerTestOneInput, 300, 160);
  }
}
