package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.worker.TokenReader.Answer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class WorkerOutageIT {

  @Test
  void aStreamOutlivesARestartOfTheBroker(@TempDir Path directory) throws Exception {
    try (var cluster = TestCluster.start(directory)) {
      var slow = TestCluster.simulated(2, Map.of("token-rate", "10"));
      try (var worker = cluster.worker("w-outage", CapabilityConfig.of("outage", slow))) {
        InferenceRequest request = cluster.request("outage", "through the outage", 30);
        cluster.submit(request);
        cluster.tokens().await(request, 5);
        cluster.restartBroker();
        Answer answer = cluster.tokens().answer(request);
        assertEquals(FirstTokens.text(request), answer.text());
        assertInstanceOf(Finished.class, answer.terminal());

        InferenceRequest next = cluster.request("outage", "after the outage", 3);
        cluster.submit(next);
        assertEquals(3, cluster.tokens().answer(next).tokens());
      }
    }
  }
}
