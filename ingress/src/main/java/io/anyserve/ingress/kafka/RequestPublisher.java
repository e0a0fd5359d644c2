package io.anyserve.ingress.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.quota.QuotaCodec;
import io.anyserve.quota.QuotaEvent;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.trace.Tracing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes requests, cancellations and takeovers. No call blocks: what might have to wait for the
 * brokers is handed to a virtual thread, and everything is decided within {@link #DECIDED}.
 * Thread-safe.
 */
public final class RequestPublisher implements Component {

  /** The longest that anybody waits to learn whether a record is in the log. */
  public static final Duration DECIDED = Duration.ofSeconds(10);

  /** What the producer of this class needs of Kafka. */
  public static final Map<String, String> PRODUCER_SETTINGS =
      Map.of(
          "delivery.timeout.ms", String.valueOf(DECIDED.toMillis()),
          "request.timeout.ms", "3000",
          "max.block.ms", "2000",
          "batch.size", String.valueOf(64 << 10),
          "metadata.max.idle.ms", String.valueOf(Duration.ofDays(1).toMillis()),
          "buffer.memory", String.valueOf(NonBlockingProducer.BUFFER_BYTES));

  private static final Logger log = LoggerFactory.getLogger(RequestPublisher.class);

  private static final byte[] REQUEST_TYPE =
      "application/x-protobuf; messageType=anyserve.v1.InferenceRequest".getBytes(UTF_8);
  private static final byte[] COMMAND_TYPE =
      "application/x-protobuf; messageType=anyserve.v1.ControlCommand".getBytes(UTF_8);

  private static final byte[] QUOTA_TYPE =
      "application/x-protobuf; messageType=anyserve.v1.QuotaEvent".getBytes(UTF_8);

  private final Supplier<Producer<byte[], byte[]>> connect;
  private final TopicNames topics;
  private final Predicate<Capability> live;
  private final Tracing tracing;
  private volatile @Nullable NonBlockingProducer producer;

  /**
   * Not connected yet.
   *
   * @param connect makes a producer with {@link #PRODUCER_SETTINGS}
   * @param live whether a worker takes such work now; else, and wherever an idempotency key was
   *     given, the router decides
   */
  public RequestPublisher(
      Supplier<Producer<byte[], byte[]>> connect, TopicNames topics, Predicate<Capability> live) {
    this(connect, topics, live, Tracing.OFF);
  }

  /** As the other, with a span for each request that is sent. */
  public RequestPublisher(
      Supplier<Producer<byte[], byte[]>> connect,
      TopicNames topics,
      Predicate<Capability> live,
      Tracing tracing) {
    this.connect = connect;
    this.topics = topics;
    this.live = live;
    this.tracing = tracing;
  }

  @Override
  public void start() {
    producer = new NonBlockingProducer(connect.get());
  }

  /** Publishes, and tells the stream whether that succeeded. */
  public void publish(InferenceRequest request, TraceContext trace, ResponseStream stream) {
    if (stream.send()) {
      ProducerRecord<byte[], byte[]> record = record(request, trace);
      Consumer<@Nullable Exception> sent = tracing.sending(record);
      send(
          record,
          error -> {
            try {
              sent.accept(error);
            } finally {
              settle(request, stream, error);
            }
          });
    }
  }

  /** Tells the workers to stop a request; {@code done} learns what went wrong, if anything. */
  public void cancel(RequestId request, CancelReason reason, Consumer<Optional<Failure>> done) {
    send(
        command(request, new Cancel(request, reason)),
        error -> done.accept(Optional.ofNullable(error).map(RequestPublisher::failure)));
  }

  /** Writes to the quotas of a tenant; {@code done} learns what went wrong, if anything. */
  public void quota(QuotaEvent event, Consumer<Optional<Failure>> done) {
    var record =
        new ProducerRecord<>(
            topics.quotas(), QuotaCodec.key(event.tenant()), QuotaCodec.encode(event));
    record.headers().add("content-type", QUOTA_TYPE);
    send(record, error -> done.accept(Optional.ofNullable(error).map(RequestPublisher::failure)));
  }

  /** Tells the other ingresses that {@code ingress} feeds a caller that resumed. */
  public void takeOver(RequestId request, String ingress) {
    send(
        command(request, new ControlCommand.TakeOverStream(request, ingress)),
        RequestPublisher::noteLost);
  }

  private static void noteLost(@Nullable Exception error) {
    if (error != null) {
      log.warn(
          "Failed to tell other ingresses about a resumed stream; they may cancel it: {}",
          error.getMessage());
    }
  }

  private ProducerRecord<byte[], byte[]> command(RequestId request, ControlCommand command) {
    var record =
        new ProducerRecord<>(topics.control(), request.bytes(), WorkerCodec.encode(command));
    record.headers().add("content-type", COMMAND_TYPE);
    return record;
  }

  /**
   * A failed send may have reached the log all the same: then nobody waits for the answer, unless
   * the caller comes back with the same idempotency key.
   */
  private void settle(InferenceRequest request, ResponseStream stream, @Nullable Exception error) {
    if (error == null) {
      stream.acknowledge();
      return;
    }
    Failure failure = failure(error);
    stream.refuse(failure);
    if (failure.code() == FailureCode.BROKER_UNAVAILABLE && request.idempotency().isEmpty()) {
      cancel(request.id(), CancelReason.CLIENT_GONE, ignored -> {});
    }
  }

  private ProducerRecord<byte[], byte[]> record(InferenceRequest request, TraceContext trace) {
    Capability capability = request.context().capability();
    boolean direct = request.idempotency().isEmpty() && live.test(capability);
    var record =
        new ProducerRecord<>(
            direct ? topics.requests(capability, request.routing().priority()) : topics.intake(),
            direct ? request.context().session().value().getBytes(UTF_8) : request.id().bytes(),
            RequestCodec.encode(request));
    record.headers().add("content-type", REQUEST_TYPE);
    request
        .routing()
        .deadline()
        .ifPresent(at -> header(record, "deadline", Long.toString(at.toEpochMilli())));
    trace.parent().ifPresent(value -> header(record, "traceparent", value));
    trace.state().ifPresent(value -> header(record, "tracestate", value));
    return record;
  }

  private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
    record.headers().add(name, value.getBytes(UTF_8));
  }

  private void send(ProducerRecord<byte[], byte[]> record, Consumer<@Nullable Exception> done) {
    @Nullable NonBlockingProducer connected = producer;
    if (connected == null) {
      done.accept(new IllegalStateException("not started, or closed"));
    } else {
      connected.send(record, done);
    }
  }

  private static Failure failure(Exception error) {
    return error instanceof RecordTooLargeException
        ? new Failure(FailureCode.TOO_LARGE, "request: " + error.getMessage())
        : new Failure(
            FailureCode.BROKER_UNAVAILABLE, "the request log cannot be written: " + error);
  }

  @Override
  public void close() {
    @Nullable NonBlockingProducer connected = producer;
    producer = null;
    if (connected != null) {
      connected.close();
    }
  }
}
