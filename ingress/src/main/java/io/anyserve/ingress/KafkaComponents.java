package io.anyserve.ingress;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand.TakeOverStream;
import io.anyserve.ingress.kafka.ReplayService;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.kafka.TokenConsumerLoop;
import io.anyserve.ingress.kafka.TokenConsumerMetrics;
import io.anyserve.ingress.prices.PriceBooks;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.auth.KeyFollower;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicTailer;
import io.anyserve.runtime.kafka.WorkerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.UUID;
import org.apache.kafka.common.IsolationLevel;

/** What one ingress writes to Kafka and reads from it; inert until started. */
final class KafkaComponents {

  private final IngressConfig.Log settings;
  private final KafkaClients kafka;
  private final MeterRegistry meters;
  private final String clientId;
  private final String name;
  private final WorkerRegistry workers;
  private final PriceBooks prices = new PriceBooks();
  private final AssignedPartitions partitions = new AssignedPartitions();
  private final RequestPublisher publisher;
  private final ReplayService replay;
  private final KeyFollower keys;

  KafkaComponents(IngressConfig.Log settings, IngressEnvironment environment) {
    this.settings = settings;
    this.kafka = settings.kafka();
    this.meters = environment.meters();
    this.clientId = "ingress-" + settings.instance();
    this.name = settings.instance() + "-" + UUID.randomUUID();
    this.workers = new WorkerRegistry(environment.clock());
    this.publisher =
        new RequestPublisher(
            () -> kafka.newProducer(clientId, RequestPublisher.PRODUCER_SETTINGS),
            settings.topics(),
            workers::live,
            environment.tracing());
    this.replay =
        new ReplayService(
            () ->
                kafka.newAssignedConsumer(
                    clientId + "-replay",
                    IsolationLevel.READ_UNCOMMITTED,
                    ReplayService.CONSUMER_SETTINGS),
            settings.topics().tokens(),
            partitions,
            meters);
    this.keys = new KeyFollower(kafka, settings.topics());
  }

  /** Follows the API keys. */
  KeyFollower keys() {
    return keys;
  }

  /** The workers that take work, as {@link #workerTailer} reads it. */
  WorkerRegistry workers() {
    return workers;
  }

  /** The price books, as {@link #priceTailer} reads them. */
  PriceBooks prices() {
    return prices;
  }

  /** The partitions of {@code tokens} that {@link #tokenConsumer} reads. */
  AssignedPartitions partitions() {
    return partitions;
  }

  RequestPublisher publisher() {
    return publisher;
  }

  ReplayService replay() {
    return replay;
  }

  /** Tells the other ingresses that a client of this one resumed the request. */
  void takeOver(RequestId request) {
    publisher.takeOver(request, name);
  }

  /** Reads which workers take work. */
  Component workerTailer() {
    return new TopicTailer(
        kafka,
        settings.topics().workers(),
        TopicTailer.From.BEGINNING,
        new WorkerMetrics(workers, meters)::read);
  }

  /** Reads the price books. */
  Component priceTailer() {
    return new TopicTailer(
        kafka, settings.topics().prices(), TopicTailer.From.BEGINNING, prices::read);
  }

  /** Tells the streams which requests clients of other ingresses resumed. */
  Component takeOverTailer(ResponseStreams streams) {
    return new TopicTailer(
        kafka,
        settings.topics().control(),
        TopicTailer.From.END,
        record -> {
          if (WorkerCodec.decodeCommand(record.value())
                  instanceof TakeOverStream(RequestId request, String ingress)
              && !ingress.equals(name)) {
            streams.takenOverElsewhere(request);
          }
        });
  }

  /** Hands the live records of {@code tokens} to the streams. */
  Component tokenConsumer(ResponseStreams streams) {
    return new TokenConsumerLoop(
        () ->
            kafka.newAssignedConsumer(
                clientId, IsolationLevel.READ_UNCOMMITTED, TokenConsumerLoop.CONSUMER_SETTINGS),
        new TokenConsumerLoop.Subscription(
            settings.topics().tokens(), settings.instance(), settings.replyPartitions()),
        streams,
        partitions,
        new TokenConsumerMetrics(meters),
        System::nanoTime);
  }
}
