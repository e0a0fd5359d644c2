package io.anyserve.loadtest.metering;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * A metering service in a process of its own on this machine.
 *
 * @param group that its place in {@code usage} is committed for
 * @param pid another one after a restart
 * @param stores folder of its stores
 */
public record RestartTarget(
    KafkaClients kafka,
    TopicNames topics,
    String group,
    LongSupplier pid,
    Path stores,
    MeteringKill kill) {

  /** Ends the process with SIGKILL and starts it. */
  public interface MeteringKill {

    /**
     * Returns when the service is ready.
     *
     * @return nanoseconds from its start until it is ready
     */
    long restart() throws IOException;
  }
}
