package io.anyserve.worker.publish;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.worker.payload.PayloadStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes everything that a worker writes. Events of one stream keep their order, also around an
 * upload; content too large for a record is uploaded first, off the writer's thread. Thread-safe.
 */
public final class Publisher implements TokenWriter, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Publisher.class);
  private static final int LARGEST_RECORD = 1_000_000;

  private final TopicNames topics;
  private final String tokens;
  private final PayloadStore payloads;
  private final Executor uploads;
  private final FailFastProducer producer;

  /**
   * @param producers opens an idempotent producer, again after each failure
   * @param uploads runs what may block
   */
  public Publisher(
      TopicNames topics,
      Supplier<Producer<byte[], byte[]>> producers,
      PayloadStore payloads,
      Executor uploads) {
    this.topics = topics;
    this.tokens = topics.tokens();
    this.payloads = payloads;
    this.uploads = uploads;
    this.producer = new FailFastProducer(producers);
  }

  @Override
  public void write(EventStreamWriter stream, TokenEvent event) {
    if (stream.closed()) {
      return;
    }
    if (event instanceof Started begin) {
      stream.admitted(begin);
    }
    if (!stream.uploading() && large(stream, event) == null) {
      send(stream, event);
    } else if (stream.enqueue(event)) {
      uploads.execute(() -> upload(stream));
    }
  }

  /** Writes a Started that fences earlier attempts off; completes with its offset. */
  public CompletableFuture<Long> fence(EventStreamWriter stream, Started started) {
    return stream.inOrder(() -> begin(stream, started));
  }

  /** Writes the first Started of a stream that nobody has begun or ended meanwhile. */
  public void claim(EventStreamWriter stream, Started started) {
    var _ = stream.inOrder(() -> !stream.started() && append(stream, started));
  }

  private CompletableFuture<Long> begin(EventStreamWriter stream, Started started) {
    byte[] value = TokenCodec.encode(stream.peek(started));
    stream.moveOn(started);
    CompletableFuture<Long> offset = producer.append(token(stream, value));
    stream.begins(offset);
    return offset;
  }

  /**
   * Stops answering, and the request is not the reason: the log says so where the execution has
   * begun, so that it is no failed attempt, and the owner hears that the request is lost.
   */
  @Override
  public void release(EventStreamWriter stream, Exception why) {
    sayReleased(stream, why);
    stream.lost(why);
  }

  /**
   * The record becomes a dead letter; completes with its offset. Of a record that fills its topic's
   * limit the headers tell where it lies: its content does not fit in beside them.
   */
  public CompletableFuture<Long> deadLetter(ConsumerRecord<byte[], byte[]> record, Throwable why) {
    ProducerRecord<byte[], byte[]> letter = DeadLetter.of(topics, record, why);
    return producer.append(size(record) <= LARGEST_RECORD ? letter : withoutContent(letter));
  }

  private static long size(ConsumerRecord<byte[], byte[]> record) {
    return (long) length(record.key()) + length(record.value());
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  // Kafka takes records without key and value.
  @SuppressWarnings("NullAway")
  private static ProducerRecord<byte[], byte[]> withoutContent(
      ProducerRecord<byte[], byte[]> letter) {
    return new ProducerRecord<byte[], byte[]>(
        letter.topic(), (Integer) null, (byte[]) null, (byte[]) null, letter.headers());
  }

  /**
   * The failure of a request that no execution can answer: to be written before its dead letter.
   */
  public CompletableFuture<Long> refuse(int partition, TokenRecord untaken) {
    byte[] key = untaken.request().bytes();
    return producer.append(
        new ProducerRecord<>(tokens, partition, key, TokenCodec.encode(untaken)));
  }

  @Override
  public void cede(EventStreamWriter stream) {
    sayReleased(stream, new IllegalStateException("another execution continues it"));
    stream.elsewhere();
  }

  /** Stops answering, as the request has ended. */
  public void leave(EventStreamWriter stream) {
    stream.elsewhere();
  }

  private void sayReleased(EventStreamWriter stream, Exception why) {
    try {
      var _ = stream.inOrder(() -> !stream.closed() && stop(stream, why));
    } catch (RuntimeException | Error e) {
      log.warn("Failed to write Released for request {}", stream.request().id(), e);
    }
  }

  private boolean stop(EventStreamWriter stream, Exception why) {
    stream.stop();
    write(stream, new Released(String.valueOf(why.getMessage())));
    return true;
  }

  private void write(EventStreamWriter stream, Released released) {
    if (stream.begins()) {
      byte[] value = TokenCodec.encode(stream.peek(released));
      producer.send(token(stream, value), (_, _) -> {});
    }
  }

  /** Says of a stream that was released that its request lies in its topic again. */
  public void republished(EventStreamWriter stream) {
    write(stream, new Released("the request is published again", true));
  }

  /** Any record, such as a dead letter; completes with its offset. */
  public CompletableFuture<Long> append(ProducerRecord<byte[], byte[]> record) {
    return producer.append(record);
  }

  /** Partitions of the reply topic. */
  public int replyPartitions() {
    return producer.partitions(tokens);
  }

  public TopicNames topics() {
    return topics;
  }

  /** A chunk of each of these streams in one record; the streams have moved on. */
  void send(int partition, List<EventStreamWriter> streams, List<TokenRecord> chunks) {
    try {
      sendChunks(partition, streams, chunks);
    } catch (RuntimeException | Error e) {
      log.warn(
          "Failed to write the chunks of {} streams; their requests are released",
          streams.size(),
          e);
      Exception why = new IllegalStateException("a chunk cannot be written", e);
      streams.forEach(stream -> release(stream, why));
    }
  }

  private void sendChunks(
      int partition, List<EventStreamWriter> streams, List<TokenRecord> chunks) {
    if (streams.size() == 1) {
      EventStreamWriter stream = streams.getFirst();
      producer.send(
          token(stream, TokenCodec.encode(chunks.getFirst())),
          (_, failure) -> loseIfFailed(stream, failure));
    } else {
      byte[] value = TokenCodec.encodeBatch(chunks);
      producer.send(
          new ProducerRecord<>(tokens, partition, null, value),
          (_, failure) -> streams.forEach(stream -> loseIfFailed(stream, failure)));
    }
  }

  /**
   * From another thread than the log's: a send may wait until there is a broker again. The log says
   * that the execution has stopped before the request goes to another one.
   */
  private void loseIfFailed(EventStreamWriter stream, @Nullable Throwable failure) {
    if (failure == null || !stream.abandon()) {
      return;
    }
    Exception why = failure instanceof Exception known ? known : new IllegalStateException(failure);
    try {
      uploads.execute(
          () -> {
            write(stream, new Released(String.valueOf(why.getMessage())));
            stream.lost(why);
          });
    } catch (RejectedExecutionException e) {
      stream.lost(why);
    }
  }

  private void send(EventStreamWriter stream, TokenEvent event) {
    var _ = stream.inOrder(() -> append(stream, event));
  }

  /** False when it is dropped. */
  private boolean append(EventStreamWriter stream, TokenEvent event) {
    if (stream.closed() || stream.repeats(event)) {
      return false;
    }
    if (event instanceof Started begin) {
      var _ = begin(stream, begin).whenComplete((_, failure) -> loseIfFailed(stream, failure));
      return true;
    }
    byte[] value = TokenCodec.encode(stream.peek(event));
    if (value.length > LARGEST_RECORD && !(event instanceof Failed)) {
      return append(stream, stream.failed(tooLarge(value.length)));
    }
    stream.moveOn(event);
    producer.send(token(stream, value), callback(stream, event));
    return true;
  }

  private Callback callback(EventStreamWriter stream, TokenEvent event) {
    return event instanceof Terminal terminal
        ? (_, failure) -> ended(stream, terminal, failure)
        : (_, failure) -> loseIfFailed(stream, failure);
  }

  private void ended(EventStreamWriter stream, Terminal terminal, @Nullable Exception failure) {
    if (failure == null) {
      stream.ended(terminal);
    } else {
      loseIfFailed(stream, failure);
    }
  }

  private ProducerRecord<byte[], byte[]> token(EventStreamWriter stream, byte[] value) {
    return new ProducerRecord<>(tokens, stream.partition(), stream.key(), value);
  }

  private void upload(EventStreamWriter stream) {
    for (TokenEvent event = stream.dequeue(); event != null; event = stream.dequeue()) {
      if (!stream.closed()) {
        sendWithReference(stream, event);
      }
    }
  }

  private void sendWithReference(EventStreamWriter stream, TokenEvent event) {
    try {
      send(stream, withReference(stream, event));
    } catch (RuntimeException | Error e) {
      release(stream, new IllegalStateException("content could not be stored", e));
    }
  }

  private TokenEvent withReference(EventStreamWriter stream, TokenEvent event) {
    Payload large = large(stream, event);
    if (large == null) {
      return event;
    }
    try {
      var request = stream.request();
      var stored = payloads.offload(request.context().tenant(), request.id(), large);
      return replace(event, Optional.of(stored));
    } catch (FailureException e) {
      return stream.failed(e.failure());
    }
  }

  /** Vectors come in chunks that fit into records. */
  private @Nullable Payload large(EventStreamWriter stream, TokenEvent event) {
    boolean embeds = stream.request().kind() == RequestKind.EMBED;
    Optional<Payload> payload =
        switch (event) {
          case Chunk chunk -> embeds ? Optional.empty() : chunk.payload();
          case Finished finished -> finished.output();
          case Started _, Failed _, Cancelled _, Released _, TokenEvent.DuplicateSubmission _ ->
              Optional.empty();
        };
    return payload.filter(payloads::tooLarge).orElse(null);
  }

  private static TokenEvent replace(TokenEvent event, Optional<Payload> stored) {
    return switch (event) {
      case Chunk chunk -> chunk.with(stored);
      case Finished finished ->
          new Finished(finished.reason(), finished.usage(), stored, finished.engineTime());
      case Started _, Failed _, Cancelled _, Released _, TokenEvent.DuplicateSubmission _ -> event;
    };
  }

  private static Failure tooLarge(int bytes) {
    return new Failure(
        FailureCode.TOO_LARGE,
        "event: " + bytes + " bytes (expected: at most " + LARGEST_RECORD + ")");
  }

  /** Sends what waits. */
  @Override
  public void close() {
    producer.close();
  }
}
