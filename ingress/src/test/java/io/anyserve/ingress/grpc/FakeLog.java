package io.anyserve.ingress.grpc;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.Events;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A log whose other end is the test: it sees every request and writes its events. */
public final class FakeLog extends MockProducer<byte[], byte[]> {

  public static final TopicNames TOPICS = TopicNames.withDefaultPrefix();

  public final List<InferenceRequest> requests = new CopyOnWriteArrayList<>();
  public final List<ControlCommand> commands = new CopyOnWriteArrayList<>();
  private final List<Logged> events = new CopyOnWriteArrayList<>();
  private volatile Consumer<InferenceRequest> worker = request -> {};
  private @Nullable ResponseStreams streams;
  private @Nullable AssignedPartitions live;
  private volatile boolean replaying = true;
  private volatile Instant now = Instant.EPOCH;

  private record Logged(Instant at, TokenRecord record) {}

  public FakeLog() {
    super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** From now on every event comes live, as from partition 0. */
  public void feeds(ResponseStreams fed, AssignedPartitions partitions) {
    partitions.begin(List.of(new ReplyTo(0, 0)));
    streams = fed;
    live = partitions;
  }

  /** What the next events are dated. */
  public void at(Instant time) {
    now = time;
  }

  /** What a worker does with every request, on the thread that publishes it. */
  public void answers(Consumer<InferenceRequest> script) {
    worker = script;
  }

  public void emit(InferenceRequest request, TokenEvent event) {
    emit(request, 1, event);
  }

  public void emit(InferenceRequest request, int attempt, TokenEvent event) {
    emit(new TokenRecord(request.id(), attempt, attempt, event));
  }

  public void emitUntaken(InferenceRequest request, TokenEvent.Terminal event) {
    emit(TokenRecord.unassigned(request.id(), event));
  }

  /** What a worker writes of a request that it runs to its end: "w0 w1 ". */
  public void tellStory(InferenceRequest request) {
    start(request);
    emit(request, Events.chunk(0));
    emit(request, Events.chunk(1));
    emit(request, Events.finished());
  }

  /** What a worker writes first. */
  public void start(InferenceRequest request) {
    emit(
        request,
        new Started(
            request.context(),
            new WorkerId("w"),
            request.context().capability(),
            "m",
            3,
            0,
            false,
            Optional.empty()));
  }

  synchronized void emit(TokenRecord record) {
    long offset = events.size();
    Instant at = now;
    events.add(new Logged(at, record));
    if (streams != null && live != null) {
      live.reached(0, offset + 1);
      streams.receive(
          0, offset, at.toEpochMilli(), record.request().bytes(), TokenCodec.encode(record));
    }
  }

  /** From now on nothing is read again: readers that are behind stay there. */
  public void stopReplaying() {
    replaying = false;
  }

  /** The offset of the next event. */
  public long end() {
    return events.size();
  }

  /** Reads the events again for a reader, to their end, on the thread that asks for it. */
  public void replay(ResponseStream stream) {
    for (boolean goesOn = replaying; goesOn; ) {
      int end = events.size();
      for (int offset = (int) Math.max(0, stream.wanted()); goesOn && offset < end; offset++) {
        Logged event = events.get(offset);
        goesOn =
            !event.record().request().equals(stream.handle().request())
                || stream.replay(offset, event.at().toEpochMilli(), event.record());
      }
      goesOn = goesOn && stream.replayed(end);
    }
  }

  @Override
  public synchronized Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    if (record.topic().equals(TOPICS.control())) {
      commands.add(WorkerCodec.decodeCommand(record.value()));
      return super.send(record, callback);
    }
    InferenceRequest request = RequestCodec.decode(record.value());
    requests.add(request);
    Future<RecordMetadata> sent = super.send(record, callback);
    worker.accept(request);
    return sent;
  }
}
