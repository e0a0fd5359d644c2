package io.anyserve.ingress.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.Events;
import io.anyserve.ingress.response.RecordingSink;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Readers that are near each other go together, the others take turns. */
final class ReplaySchedulerTest {

  private static final TenantId ACME = new TenantId("acme");

  private final List<ResponseStream> behind = new ArrayList<>();
  private final ReplayScheduler passes = new ReplayScheduler();
  private final ResponseStreams streams =
      new ResponseStreams(
          ResponseLimits.DEFAULT,
          new ResponseMetrics(new SimpleMeterRegistry()),
          new StreamCallbacks((request, reason) -> {}, request -> {}, behind::add),
          new AssignedPartitions(),
          new ResumeTokenCodec(new byte[16]),
          () -> 0);

  @Test
  void readersThatAreNearShareAPass() {
    add(1, 0, 100);
    ReplayCursor pass = turn(0);
    add(2, 0, 100 + ReplayCursor.NEAR);
    assertSame(pass, turn(0));
    passes.hadTurn(pass);
    assertSame(pass, turn(0), "there is no other");
  }

  @Test
  void readersThatAreFarApartTakeTurns() {
    add(1, 0, 100_000);
    ReplayCursor first = turn(0);
    add(2, 0, 100);
    assertSame(first, turn(0));
    passes.hadTurn(first);
    ReplayCursor second = turn(0);
    assertEquals(100, second.position());
    passes.hadTurn(second);
    assertSame(first, turn(0));
  }

  @Test
  void aPassThatWaitsBeginsEarlierForOneThatComesLater() {
    add(1, 0, 1_000);
    ReplayCursor first = turn(0);
    add(2, 0, 900);
    add(3, 0, 800);
    add(4, 0, 950);
    passes.hadTurn(first);
    assertEquals(800, turn(0).position());
    passes.hadTurn(turn(0));
    assertEquals(800, turn(0).position(), "they all go together");
  }

  @Test
  void whoseCallerLeftIsDroppedWhileItWaits() {
    var gone = new RecordingSink();
    add(1, 0, 100_000);
    ReplayCursor first = turn(0);
    add(2, 0, 100, gone);
    gone.stream().onDisconnect(CancelReason.CLIENT_GONE);
    passes.hadTurn(first);
    assertSame(first, turn(0));
    gone = new RecordingSink();
    add(3, 1, 100, gone);
    gone.stream().onDisconnect(CancelReason.CLIENT_GONE);
    assertEquals(1, passes.turn().size());
  }

  @Test
  void partitionsDoNotWaitForEachOther() {
    add(1, 0, 100);
    add(2, 1, 100);
    assertEquals(2, passes.turn().size());
  }

  @Test
  void passesThatMeetBecomeOne() {
    add(1, 0, 100);
    var nearest = new RecordingSink();
    add(2, 0, 50, nearest);
    ReplayCursor ahead = turn(0);
    passes.hadTurn(ahead);
    ReplayCursor both = turn(0);
    assertNotSame(ahead, both);
    assertEquals(50, both.position());
    both.moveTo(100);
    passes.hadTurn(both);
    assertSame(both, turn(0));
    both.read(record(2, 100, Events.started()));
    assertEquals(List.of("opened", "accepted", "started 1"), nearest.heard());
  }

  @Test
  void severalReadersOfOneStreamAreAllServed() {
    var first = new RecordingSink();
    var second = new RecordingSink();
    add(1, 0, 100, first);
    add(1, 0, 101, second);
    ReplayCursor pass = turn(0);
    pass.read(record(1, 100, Events.started()));
    pass.read(record(1, 101, Events.chunk(0)));
    assertEquals(List.of("opened", "accepted", "started 1", "chunk 0"), first.heard());
    assertEquals(List.of("opened", "accepted"), second.heard(), "nothing counts before Started");
  }

  @Test
  void aBatchServesThoseWhoseChunksAreInIt() {
    var first = new RecordingSink();
    var second = new RecordingSink();
    add(1, 0, 100, first);
    add(2, 0, 100, second);
    ReplayCursor pass = turn(0);
    pass.read(record(1, 100, Events.started()));
    pass.read(record(2, 101, Events.started()));
    pass.read(
        new ConsumerRecord<>(
            "t", 0, 102, null, TokenCodec.encodeBatch(List.of(chunk(2), chunk(3), chunk(1)))));
    assertEquals(List.of("opened", "accepted", "started 1", "chunk 0"), first.heard());
    assertEquals(List.of("opened", "accepted", "started 1", "chunk 0"), second.heard());
  }

  private static TokenRecord chunk(long request) {
    return new TokenRecord(new RequestId(request, request), 1, 1, Events.chunk(0));
  }

  @Test
  void aPassWithoutReadersIsForgotten() {
    add(1, 0, 100);
    ReplayCursor pass = turn(0);
    pass.read(record(1, 100, Events.started()));
    pass.read(record(1, 101, Events.finished()));
    assertTrue(pass.isEmpty());
    passes.hadTurn(pass);
    assertTrue(passes.isEmpty());
  }

  @Test
  void brokenRecordsAreSkipped() {
    var sink = new RecordingSink();
    add(1, 0, 100, sink);
    ReplayCursor pass = turn(0);
    pass.read(new ConsumerRecord<>("t", 0, 100, new byte[3], new byte[0]));
    pass.read(new ConsumerRecord<>("t", 0, 101, new RequestId(1, 1).bytes(), new byte[] {-1}));
    pass.read(record(1, 102, Events.started()));
    assertEquals(List.of("opened", "accepted", "started 1"), sink.heard());
  }

  @Test
  void aReaderWhoseEndCannotBeToldIsToldThatItFailed() {
    var sink =
        new RecordingSink() {
          @Override
          public void finished(Finished finished) {
            throw new IllegalStateException("thrown on purpose by a test");
          }
        };
    add(1, 0, 100, sink);
    ReplayCursor pass = turn(0);
    pass.read(record(1, 100, Events.started()));
    pass.read(record(1, 101, Events.finished()));
    assertEquals(List.of("opened", "accepted", "started 1", "failed INTERNAL"), sink.heard());
    assertTrue(pass.isEmpty());
  }

  @Test
  void whoWantsMoreThanTheLogHoldsIsTold() {
    var early = new RecordingSink();
    var late = new RecordingSink();
    add(1, 0, 100, early);
    add(2, 0, 200, late);
    ReplayCursor pass = turn(0);
    pass.beginsAt(150);
    assertEquals(List.of("opened", "accepted", "failed RESUME_EXPIRED"), early.heard());
    assertEquals(List.of("opened", "accepted"), late.heard());
    assertEquals(150, pass.position());
  }

  private ReplayCursor turn(int partition) {
    return Objects.requireNonNull(passes.turn().get(partition), "a pass has its turn");
  }

  private void add(long request, int partition, long from) {
    add(request, partition, from, new RecordingSink());
  }

  private void add(long request, int partition, long from, RecordingSink sink) {
    var id = new RequestId(request, request);
    var address = new ReplyTo(partition, from);
    String token = streams.handle(id, new SessionId("s"), ACME, address).resumeToken();
    streams.resume(token, ACME, 0, Duration.ofMinutes(1), sink);
    passes.add(behind.getLast(), from);
  }

  private static ConsumerRecord<byte[], byte[]> record(
      long request, long offset, TokenEvent event) {
    var record = new TokenRecord(new RequestId(request, request), 1, 1, event);
    return new ConsumerRecord<>(
        "t", 0, offset, record.request().bytes(), TokenCodec.encode(record));
  }
}
