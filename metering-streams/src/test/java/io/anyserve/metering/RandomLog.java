package io.anyserve.metering;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A partition as workers write it that die, hang, come back as zombies and repeat themselves, with
 * routers that refuse in between and some garbage. The same seed makes the same log.
 */
final class RandomLog {

  private static final int REQUESTS_AT_ONCE = 8;
  private static final int MOST_IN_BATCH = 5;

  private final Random random;
  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
  private final Map<RequestId, FencedStream> truth = new HashMap<>();
  private final Map<Long, Integer> attempts = new HashMap<>();
  private final Map<RequestId, TokenRecord> batch = new LinkedHashMap<>();
  private final List<Worker> workers = new ArrayList<>();
  private long nextRequest = 1;
  private long nextRun = 1;

  private RandomLog(long seed) {
    this.random = new Random(seed);
  }

  static List<ConsumerRecord<byte[], byte[]>> of(long seed, int length) {
    RandomLog log = new RandomLog(seed);
    while (log.records.size() < length) {
      log.step();
    }
    log.writeBatch();
    return log.records;
  }

  private void step() {
    int dice = random.nextInt(100);
    if (workers.size() < REQUESTS_AT_ONCE || dice < 10) {
      take(nextRequest++);
    } else if (dice < 14) {
      take(1 + random.nextLong(nextRequest - 1));
    } else if (dice < 16) {
      write(request(1 + random.nextLong(nextRequest)).refused());
    } else if (dice < 18) {
      garbage();
    } else if (dice < 20) {
      workers.remove(random.nextInt(workers.size()));
    } else {
      workers.get(random.nextInt(workers.size())).step();
    }
  }

  private void take(long request) {
    nextRequest = Math.max(nextRequest, request + 1);
    int attempt = attempts.merge(request, 1, Integer::sum);
    // Now and then two workers believe to be the same attempt.
    workers.add(new Worker(request(request), random.nextInt(10) == 0 ? 1 : attempt, nextRun++));
  }

  private static Tokens request(long number) {
    return Tokens.of(number, "t" + number % 2, "s" + number % 5);
  }

  private void garbage() {
    byte[] value = new byte[random.nextInt(12)];
    random.nextBytes(value);
    append(new byte[random.nextInt(20)], value);
  }

  private void write(TokenRecord record) {
    truth.computeIfAbsent(record.request(), _ -> new FencedStream()).apply(record);
    if (batch.containsKey(record.request()) || batch.size() == MOST_IN_BATCH) {
      writeBatch();
    }
    if (record.event() instanceof Chunk && random.nextInt(3) > 0) {
      batch.put(record.request(), record);
    } else {
      append(record.request().bytes(), TokenCodec.encode(record));
    }
  }

  private void writeBatch() {
    if (!batch.isEmpty()) {
      append(null, TokenCodec.encodeBatch(List.copyOf(batch.values())));
      batch.clear();
    }
  }

  private void append(byte @Nullable [] key, byte[] value) {
    records.add(new ConsumerRecord<>("tokens", 0, records.size(), key, value));
  }

  /** One that took a request: hangs, repeats itself and ends at random; never looks again. */
  private final class Worker {

    private final Tokens request;
    private final int attempt;
    private final long run;
    private boolean started;
    private long sequence;
    private long tokens;

    Worker(Tokens request, int attempt, long run) {
      this.request = request;
      this.attempt = attempt;
      this.run = run;
    }

    void step() {
      if (!started) {
        start();
      } else if (random.nextInt(6) == 0) {
        end();
      } else {
        chunk();
      }
    }

    /** Writes Started and reads back how far the answer is. */
    private void start() {
      write(request.started(attempt, run, random.nextInt(30)));
      started = true;
      FencedStream now = truth.getOrDefault(request.request(), new FencedStream());
      sequence = now.nextSequence();
      tokens = now.tokens();
      if (now.ended()) {
        workers.remove(this);
      }
    }

    private void chunk() {
      int size = random.nextInt(4);
      int jump = random.nextInt(40) == 0 ? 1 : 0;
      TokenRecord record = request.chunk(attempt, run, sequence + jump, size);
      write(record);
      if (random.nextInt(10) == 0) {
        write(record);
      }
      sequence++;
      tokens += size;
    }

    private void end() {
      write(
          switch (random.nextInt(3)) {
            case 0 -> request.failed(attempt, run, tokens);
            case 1 -> request.cancelled(attempt, run, tokens);
            default -> request.finished(attempt, run, tokens);
          });
      workers.remove(this);
    }
  }
}
