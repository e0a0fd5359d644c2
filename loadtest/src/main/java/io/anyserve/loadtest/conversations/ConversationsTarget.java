package io.anyserve.loadtest.conversations;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * An ingress and a router, in processes of their own on this machine.
 *
 * @param grpc port of the ingress
 * @param http port of the ingress's API
 * @param ingress its process
 * @param router its process, another one after a restart
 * @param store folder in which the router keeps the conversations
 */
public record ConversationsTarget(
    KafkaClients kafka,
    TopicNames topics,
    int grpc,
    int http,
    LongSupplier ingress,
    LongSupplier router,
    Path store,
    RouterRestart restart) {

  /** Ends the router and starts it. */
  public interface RouterRestart {

    /**
     * Returns when the router is ready.
     *
     * @param keepStore false to delete what it keeps on disk before it starts
     * @return nanoseconds from its start until it is ready
     */
    long restart(boolean keepStore) throws IOException;
  }
}
