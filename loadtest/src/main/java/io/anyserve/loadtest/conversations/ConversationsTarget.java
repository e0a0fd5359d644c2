package io.anyserve.loadtest.conversations;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** An ingress and a router, in processes of their own on this machine. */
public record ConversationsTarget(
    KafkaClients kafka, TopicNames topics, MeasuredIngress ingress, MeasuredRouter router) {

  /**
   * The ingress that is called.
   *
   * @param grpc port
   * @param http port of the API
   */
  public record MeasuredIngress(int grpc, int http, LongSupplier pid) {}

  /**
   * The router that the ingress asks.
   *
   * @param pid another one after a restart
   * @param store folder in which it keeps the conversations
   */
  public record MeasuredRouter(LongSupplier pid, Path store, RouterRestart restart) {}

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
