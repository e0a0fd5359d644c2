package io.anyserve.loadtest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.v1.FinishReason;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceImplBase;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.anyserve.v1.StreamFinished;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * The floor of the whole path, with nothing that a product needs: a gRPC server publishes each
 * request as it came, two members of a share group answer it with chunk records, one reader passes
 * them on. No admission, no fencing, no metering, no router.
 */
public final class SkeletonBaseline implements AutoCloseable {

  private static final String GROUP = "bare-skeleton";
  private static final String REQUESTS = "bare-requests";
  private static final String CHUNKS = "bare-chunks";
  private static final int MEMBERS = 2;
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Map<String, Object> BATCHES = Map.of("batch.size", 64 << 10);
  private static final Map<String, Object> SHARES =
      Map.of("share.acquire.mode", "batch_optimized", "max.poll.records", 512);

  private final KafkaClients kafka;
  private final int chunks;
  private final Map<Long, StreamObserver<StreamEvent>> open = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final KafkaProducer<byte[], byte[]> requests;
  private final KafkaProducer<byte[], byte[]> answers;
  private final Server server;

  private SkeletonBaseline(KafkaClients kafka, int chunks) {
    this.kafka = kafka;
    this.chunks = chunks;
    this.requests = kafka.newProducer("bare-ingress", BATCHES);
    this.answers = kafka.newProducer("bare-worker", BATCHES);
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(new Ingress())
            .build();
  }

  /**
   * Creates its topics, which {@link #close} deletes, and listens on {@link #port}.
   *
   * @param chunks of every answer, one token each
   */
  public static SkeletonBaseline start(KafkaClients kafka, int chunks)
      throws InterruptedException, ExecutionException {
    try (Admin admin = kafka.newAdmin("bare-admin")) {
      admin.createTopics(List.of(topic(REQUESTS), topic(CHUNKS))).all().get();
      var setting = new ConfigEntry("share.auto.offset.reset", "earliest");
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.GROUP, GROUP),
                  List.of(new AlterConfigOp(setting, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    SkeletonBaseline skeleton = new SkeletonBaseline(kafka, chunks);
    skeleton.begin();
    return skeleton;
  }

  private static NewTopic topic(String name) {
    return new NewTopic(name, 1, (short) 1);
  }

  private void begin() {
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; i < MEMBERS; i++) {
      parts.push(new Member("bare-member-" + i).begin());
    }
    parts.push(new Reader().begin());
  }

  public int port() {
    return server.getPort();
  }

  private void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] key, byte[] body) {
    var _ = producer.send(new ProducerRecord<>(topic, 0, key, body));
  }

  @Override
  public void close() throws Exception {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    for (AutoCloseable part : parts) {
      part.close();
    }
    requests.close();
    answers.close();
    try (Admin admin = kafka.newAdmin("bare-admin")) {
      admin.deleteTopics(List.of(REQUESTS, CHUNKS)).all().get();
    }
  }

  private final class Ingress extends InferenceServiceImplBase {
    @Override
    public void inferStream(InferStreamRequest request, StreamObserver<StreamEvent> responses) {
      long id = ids.incrementAndGet();
      open.put(id, responses);
      byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(id).array();
      send(requests, REQUESTS, key, request.toByteArray());
    }
  }

  /** A thread of its own that repeats its round until it is closed. */
  private abstract static class Loop implements AutoCloseable {

    private final Thread thread;
    private volatile boolean closing;

    Loop(String name) {
      thread = new Thread(this::work, name);
    }

    Loop begin() {
      thread.start();
      return this;
    }

    boolean goesOn() {
      return !closing;
    }

    abstract void work();

    @Override
    public void close() throws InterruptedException {
      closing = true;
      thread.join();
    }
  }

  private final class Member extends Loop {

    Member(String name) {
      super(name);
    }

    @Override
    void work() {
      byte[] last = finished();
      try (var consumer = kafka.newShareConsumer(Thread.currentThread().getName(), GROUP, SHARES)) {
        consumer.subscribe(List.of(REQUESTS));
        while (goesOn()) {
          List<ConsumerRecord<byte[], byte[]>> taken = new ArrayList<>();
          consumer.poll(POLL).forEach(taken::add);
          for (int i = 0; i < chunks; i++) {
            byte[] chunk = chunk(i);
            taken.forEach(record -> send(answers, CHUNKS, record.key(), chunk));
          }
          taken.forEach(record -> send(answers, CHUNKS, record.key(), last));
          taken.forEach(consumer::acknowledge);
        }
      }
    }
  }

  private static byte[] chunk(int sequence) {
    return StreamEvent.newBuilder()
        .setChunk(StreamChunk.newBuilder().setSequence(sequence).setText(" word").setTokens(1))
        .build()
        .toByteArray();
  }

  private static byte[] finished() {
    return StreamEvent.newBuilder()
        .setFinished(StreamFinished.newBuilder().setFinishReason(FinishReason.FINISH_REASON_LENGTH))
        .build()
        .toByteArray();
  }

  private final class Reader extends Loop {

    Reader() {
      super("bare-reader");
    }

    @Override
    void work() {
      try (var consumer =
          kafka.newAssignedConsumer(
              "bare-reader", IsolationLevel.READ_UNCOMMITTED, Map.of("max.poll.records", 2000))) {
        TopicPartition partition = new TopicPartition(CHUNKS, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        while (goesOn()) {
          consumer.poll(POLL).forEach(this::pass);
        }
      }
    }

    private void pass(ConsumerRecord<byte[], byte[]> record) {
      long id = ByteBuffer.wrap(record.key()).getLong();
      StreamObserver<StreamEvent> responses = open.get(id);
      if (responses != null) {
        pass(id, parse(record.value()), responses);
      }
    }

    private void pass(long id, StreamEvent message, StreamObserver<StreamEvent> responses) {
      responses.onNext(message);
      if (message.hasFinished()) {
        open.remove(id);
        responses.onCompleted();
      }
    }

    private static StreamEvent parse(byte[] value) {
      try {
        return StreamEvent.parseFrom(value);
      } catch (InvalidProtocolBufferException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
