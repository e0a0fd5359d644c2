package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.loadtest.metering.PassThroughBaseline;
import io.anyserve.runtime.kafka.KafkaClients;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PassThroughSpeedTest {

  @Test
  void theFloorOfTheBenchmarkIsSetUpAsMeteringIs(@TempDir Path state) throws Exception {
    var kafka = KafkaClients.of("127.0.0.1:9");
    Map<String, Object> metering =
        MeteringStreamsConfig.of(
            MeteringConfig.of(kafka, TopicNames.withDefaultPrefix(), state, 1));

    PassThroughBaseline.speed()
        .forEach((name, value) -> assertEquals(metering.get(name), value, name));
  }
}
