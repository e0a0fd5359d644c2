package io.anyserve.runtime.kafka;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.jspecify.annotations.Nullable;

/**
 * Fetches batches of a partition as they lie in the log, compressed: the public consumer has no way
 * to see a batch before it takes memory for its records. The one place that knows Kafka's internal
 * client; a changed Kafka breaks its build or its integration test. Not thread-safe.
 */
final class RawFetch implements AutoCloseable {

  /** The last version that names topics by name; every Kafka from 2.7 on serves it. */
  private static final short VERSION = 12;

  private static final int MAX_WAIT_MILLIS = 100;

  private final ConsumerConfig config;
  private final Metrics metrics = new Metrics();
  private final ManualMetadataUpdater nodes = new ManualMetadataUpdater();
  private final NetworkClient client;

  RawFetch(ConsumerConfig config) {
    this.config = config;
    this.client = client(config, metrics, nodes);
  }

  private static NetworkClient client(
      ConsumerConfig config, Metrics metrics, ManualMetadataUpdater nodes) {
    return ClientUtils.createNetworkClient(
        config,
        List.of(), // the node is given with each fetch
        config.getString(ConsumerConfig.CLIENT_ID_CONFIG) + "-raw",
        metrics,
        "raw-fetch",
        new LogContext(),
        new ApiVersions(),
        Time.SYSTEM,
        1,
        config.getInt(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG),
        null,
        nodes,
        new DefaultHostResolver(),
        null,
        null);
  }

  /**
   * At least one batch if there is any from the offset on.
   *
   * @throws IOException when the leader does not answer
   * @throws org.apache.kafka.common.errors.ApiException when it refuses
   */
  PartitionData fetch(Node leader, TopicPartition partition, long offset) throws IOException {
    nodes.setNodes(List.of(leader));
    int timeout = config.getInt(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG);
    if (!NetworkClientUtils.awaitReady(client, leader, Time.SYSTEM, timeout)) {
      throw new IOException(leader + " does not answer within " + timeout + " ms");
    }
    var request =
        client.newClientRequest(leader.idString(), request(partition, offset), now(), true);
    var response = (FetchResponse) answer(request);
    throwOn(response.error());
    PartitionData data = response.data().responses().getFirst().partitions().getFirst();
    throwOn(Errors.forCode(data.errorCode()));
    return data;
  }

  private org.apache.kafka.common.requests.AbstractResponse answer(
      org.apache.kafka.clients.ClientRequest request) throws IOException {
    return NetworkClientUtils.sendAndReceive(client, request, Time.SYSTEM).responseBody();
  }

  private FetchRequest.Builder request(TopicPartition partition, long offset) {
    int bytes = config.getInt(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG);
    var wanted =
        new FetchRequest.PartitionData(
            Uuid.ZERO_UUID, offset, FetchRequest.INVALID_LOG_START_OFFSET, bytes, Optional.empty());
    return FetchRequest.Builder.forConsumer(VERSION, MAX_WAIT_MILLIS, 1, Map.of(partition, wanted))
        .isolationLevel(isolation())
        .setMaxBytes(bytes);
  }

  private IsolationLevel isolation() {
    String level = config.getString(ConsumerConfig.ISOLATION_LEVEL_CONFIG);
    return level.equals("read_committed")
        ? IsolationLevel.READ_COMMITTED
        : IsolationLevel.READ_UNCOMMITTED;
  }

  private static long now() {
    return Time.SYSTEM.milliseconds();
  }

  private static void throwOn(Errors error) {
    @Nullable RuntimeException exception = error.exception();
    if (exception != null) {
      throw exception;
    }
  }

  @Override
  public void close() {
    client.close();
    metrics.close();
  }
}
