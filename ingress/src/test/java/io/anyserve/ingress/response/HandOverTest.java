package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the replay to the live reader and back, every interleaving: no gap and no repeat. */
@Timeout(180)
final class HandOverTest {

  private static final String[] WHOLE = {
    "opened", "accepted", "started 1", "chunk 0", "chunk 1", "chunk 2", "finished"
  };

  /** More than the slowest interleaving needs. */
  private static final int STEPS = 10_000;

  private final SampleRequests requests = new SampleRequests(Duration.ZERO);
  private final RecordingSink sink = new RecordingSink();

  @Test
  void aFinishedStreamIsReplayedWholeWithItsEnd() {
    ResponseStream stream = requests.resumed(sink, 0);
    assertEquals(List.of(stream), requests.replays);
    replayAll(stream);
    assertHeard(WHOLE);
    assertEquals(0, requests.streams.size());
    assertEquals(List.of(), requests.effects);
    assertEquals(1, requests.counted("resumes.admitted"));
  }

  @Test
  void onlyWhatTheCallerWantsIsRepeated() {
    replayAll(requests.resumed(sink, 2));
    assertHeard("opened", "accepted", "started 1", "chunk 2", "finished");
  }

  @Test
  void theEndItselfCanBeAskedFor() {
    replayAll(requests.resumed(sink, 3));
    assertHeard("opened", "accepted", "started 1", "finished");
  }

  @Test
  void whatLiesBeyondTheEndIsRefused() {
    replayAll(requests.resumed(sink, 4));
    assertHeard("opened", "accepted", "started 1", "failed INVALID_REQUEST");
    assertEquals("from_sequence: 4 (expected: at most 3, the number of chunks)", sink.said);
  }

  @Test
  void theTokenOfEachChunkGivesWhatLiesBehindIt() {
    replayAll(requests.resumed(sink, 0));
    for (int chunk = 0; chunk < 3; chunk++) {
      var again = new RecordingSink();
      ResponseStream stream = requests.resumed(again, sink.tokens.get(chunk), chunk + 1);
      assertEquals(chunk + 2, stream.wanted());
      assertEquals(sink.tokens.get(chunk), stream.handle().resumeToken());
      LongStream.range(chunk + 2, 5).forEach(offset -> stream.replay(offset, 0, event(offset)));
      assertEquals(behind(chunk + 1), again.heard);
      assertEquals(sink.tokens.subList(chunk + 1, 3), again.tokens, "the same place, the same");
    }
  }

  @Test
  void aSequenceBeforeTheTokensPlaceIsRefusedAndALaterOneIsNot() {
    replayAll(requests.resumed(sink, 0));
    var refused =
        assertThrows(
            FailureException.class,
            () -> requests.resumed(new RecordingSink(), sink.tokens.get(1), 1));
    assertEquals(
        "INVALID_REQUEST: from_sequence: 1 (expected: 0, or >= 2, the chunk behind the one of this"
            + " resume_token)",
        refused.failure().toString());
    assertEquals(0, requests.streams.size());
    var later = new RecordingSink();
    ResponseStream stream = requests.resumed(later, sink.tokens.getFirst(), 2);
    LongStream.range(2, 5).forEach(offset -> stream.replay(offset, 0, event(offset)));
    assertEquals(List.of("opened", "accepted", "chunk 2", "finished"), later.heard);
  }

  @Test
  void whoMissedNothingGoesOnLiveAtOnce() {
    replayAll(requests.resumed(sink, 0));
    requests.replays.clear();
    listenAt(2);
    var next = new RecordingSink();
    requests.resumed(next, sink.tokens.getFirst(), 1);
    assertEquals(List.of(), requests.replays);
    assertEquals(List.of("adopt"), requests.effects, "its client counts from now on");
    LongStream.range(2, 5).forEach(offset -> requests.live(offset, event(offset)));
    assertEquals(behind(1), next.heard);
    assertEquals(1, requests.counted("resumes.live"));
    assertEquals(2, requests.counted("resumes.admitted"));
  }

  @Test
  void whoMissedOneRecordReadsItAgain() {
    replayAll(requests.resumed(sink, 0));
    requests.replays.clear();
    listenAt(3);
    var next = new RecordingSink();
    ResponseStream stream = requests.resumed(next, sink.tokens.getFirst(), 1);
    assertEquals(List.of(stream), requests.replays);
    replay(stream, 2);
    assertFalse(stream.replayed(3));
    requests.live(3, event(3));
    requests.live(4, event(4));
    assertEquals(behind(1), next.heard);
    assertEquals(0, requests.counted("resumes.live"));
  }

  /** What waits for a slow client is delivered later, and its tokens name its own place. */
  @Test
  void theTokenOfAChunkThatWaitedNamesItsPlaceAndNotTheNewest() {
    listenAt(0);
    ResponseStream stream = requests.accepted(sink);
    requests.live(0, event(0));
    sink.ready = false;
    LongStream.range(1, 4).forEach(offset -> requests.live(offset, event(offset)));
    sink.ready = true;
    stream.drain();
    var again = new RecordingSink();
    assertEquals(2, requests.resumed(again, sink.tokens.getFirst(), 1).wanted());
  }

  @Test
  void whatCameLiveMeanwhileIsReplayedBeforeItGoesOnLive() {
    listenAt(2);
    ResponseStream stream = requests.resumed(sink, 0);
    replay(stream, 0);
    requests.live(2, 1, Events.chunk(1));
    replay(stream, 1);
    assertTrue(stream.replayed(2), "the live reader had passed 2 already");
    replay(stream, 2);
    assertFalse(stream.replayed(3));
    requests.live(3, 1, Events.chunk(2));
    requests.live(4, 1, Events.finished());
    assertHeard(WHOLE);
  }

  @Test
  void whatTheLiveReaderPassedBeforeTheResumeIsReplayed() {
    listenAt(3);
    ResponseStream stream = requests.resumed(sink, 0);
    replay(stream, 0);
    replay(stream, 1);
    assertTrue(stream.replayed(2), "record 2 came live before the reader was there");
    replay(stream, 2);
    assertFalse(stream.replayed(3));
    requests.live(3, 1, Events.chunk(2));
    requests.live(4, 1, Events.finished());
    assertHeard(WHOLE);
  }

  @Test
  void whatWasReplayedIsNotTakenLiveAgain() {
    listenAt(2);
    ResponseStream stream = requests.resumed(sink, 0);
    LongStream.range(0, 4).forEach(offset -> replay(stream, offset));
    assertFalse(stream.replayed(4));
    requests.live(2, 1, Events.chunk(1));
    requests.live(3, 1, Events.chunk(2));
    requests.live(4, 1, Events.finished());
    assertHeard(WHOLE);
  }

  @Test
  void withoutALiveReaderOfItsPartitionTheReplayGoesOn() {
    requests.partitions.begin(List.of(new ReplyTo(1, 1_000)));
    ResponseStream stream = requests.resumed(sink, 0);
    for (long offset = 0; offset < 4; offset++) {
      replay(stream, offset);
      assertTrue(stream.replayed(offset + 1));
    }
    requests.streams.receive(1, 2_000, 0, SampleRequests.ID.bytes(), value(0));
    assertFalse(stream.replay(4, 0, event(4)));
    assertHeard(WHOLE);
  }

  @Test
  void aPartitionThatIsReadFromNowOnTakesOver() {
    ResponseStream stream = requests.resumed(sink, 0);
    replay(stream, 0);
    assertTrue(stream.replayed(1));
    listenAt(2);
    replay(stream, 1);
    assertFalse(stream.replayed(2));
    requests.live(2, 1, Events.chunk(1));
    requests.live(3, 1, Events.chunk(2));
    requests.live(4, 1, Events.finished());
    assertHeard(WHOLE);
  }

  @Test
  void aCallerThatTakesNoMoreLeavesTheReplayAndComesBackToItsPlace() {
    ResponseStream stream = requests.resumed(sink, 0);
    replay(stream, 0);
    replay(stream, 1);
    sink.ready = false;
    assertFalse(stream.replay(2, 0, event(2)));
    assertFalse(stream.replay(3, 0, event(3)));
    assertFalse(stream.replayed(5));
    sink.ready = true;
    stream.drain();
    assertEquals(List.of(stream, stream), requests.replays);
    assertEquals(2, stream.wanted());
    LongStream.range(2, 5).forEach(offset -> stream.replay(offset, 0, event(offset)));
    assertHeard(WHOLE);
  }

  @Test
  void aSlowCallerIsFedFromTheLogAndThenLiveAgain() {
    listenAt(0);
    ResponseStream stream = requests.accepted(sink);
    requests.live(0, 1, Events.started());
    sink.ready = false;
    LongStream.range(0, 6).forEach(i -> requests.live(i + 1, 1, Events.chunk(i)));
    sink.ready = true;
    stream.drain();
    assertEquals(1, stream.wanted());
    LongStream.range(0, 5)
        .forEach(i -> stream.replay(i + 1, 0, SampleRequests.record(1, Events.chunk(i))));
    assertTrue(stream.replayed(6));
    requests.live(7, 1, Events.chunk(6));
    stream.replay(6, 0, SampleRequests.record(1, Events.chunk(5)));
    assertTrue(stream.replayed(7));
    stream.replay(7, 0, SampleRequests.record(1, Events.chunk(6)));
    assertFalse(stream.replayed(8));
    requests.live(8, 1, Events.finished());
    assertHeard(
        Stream.of(
                Stream.of("opened", "accepted", "started 1"),
                IntStream.range(0, 7).mapToObj(i -> "chunk " + i),
                Stream.of("finished"))
            .flatMap(words -> words)
            .toArray(String[]::new));
    assertEquals(1, requests.counted("requests.ended", "outcome", "finished"));
  }

  @Test
  void severalReadersOfOneStreamEachGetTheirsAndCountOnce() {
    listenAt(0);
    requests.accepted(sink);
    requests.live(0, 1, Events.started());
    requests.live(1, 1, Events.chunk(0));
    var late = new RecordingSink();
    ResponseStream stream = requests.resumed(late, 0);
    replay(stream, 0);
    replay(stream, 1);
    assertFalse(stream.replayed(2));
    requests.live(2, 1, Events.chunk(1));
    requests.live(3, 1, Events.chunk(2));
    requests.live(4, 1, Events.finished());
    assertHeard(WHOLE);
    assertEquals(List.of(WHOLE), late.heard);
    assertEquals(1, requests.counted("requests.accepted"));
    assertEquals(1, requests.counted("requests.ended", "outcome", "finished"));
    assertEquals(0, requests.inFlight());
    assertEquals(0, requests.streams.size());
  }

  @Test
  void aLogThatNoLongerHoldsTheStreamIsSaid() {
    ResponseStream stream = requests.resumed(sink, 0);
    stream.onReplayFailure(new Failure(FailureCode.RESUME_EXPIRED, "gone"));
    assertHeard("opened", "accepted", "failed RESUME_EXPIRED");
    assertEquals(List.of(), requests.effects);
    assertFalse(stream.replay(0, 0, event(0)));
  }

  /**
   * Two readers go along one log, each at its own pace, and the caller is ready or not: whatever
   * the order of their steps, the caller hears the stream once.
   */
  @Test
  void whateverTheInterleavingTheStreamComesOnce() {
    for (int seed = 0; seed < 1_000; seed++) {
      assertEquals(
          List.of(WHOLE), interleaved(seed % 2 == 0, new Random(31L * seed)), "seed " + seed);
    }
  }

  /** As {@link #whateverTheInterleavingTheStreamComesOnce}, for a client that has some chunks. */
  @Test
  void fromEachChunkWhateverTheInterleavingTheRestComesOnce() {
    replayAll(requests.resumed(sink, 0));
    for (int seed = 0; seed < 1_500; seed++) {
      int read = 1 + seed % 3;
      var random = new Random(37L * seed);
      var own = new SampleRequests(Duration.ZERO);
      var rest = new RecordingSink();
      long before = random.nextInt(6);
      own.partitions.begin(List.of(new ReplyTo(0, before)));
      own.resumed(rest, sink.tokens.get(read - 1), read);
      assertEquals(behind(read), interleaved(own, rest, before, random), "seed " + seed);
    }
  }

  private static List<String> interleaved(boolean owner, Random random) {
    var requests = new SampleRequests(Duration.ZERO);
    var sink = new RecordingSink();
    long before = owner ? 0 : random.nextInt(6);
    requests.partitions.begin(List.of(new ReplyTo(0, before)));
    if (owner) {
      requests.accepted(sink);
    } else {
      requests.resumed(sink, 0);
    }
    return interleaved(requests, sink, before, random);
  }

  private static List<String> interleaved(
      SampleRequests requests, RecordingSink sink, long before, Random random) {
    ResponseStream stream = sink.stream();
    List<ResponseStream> passed = new ArrayList<>();
    long live = before;
    long replayed = 0;
    for (int step = 0; step < STEPS && !sink.heard.contains("finished"); step++) {
      if (!requests.replays.isEmpty()) {
        passed.add(requests.replays.removeFirst());
        replayed = stream.wanted();
      }
      switch (random.nextInt(4)) {
        case 0 -> {
          if (live < 5) {
            requests.live(live, event(live));
            live++;
          }
        }
        case 1, 2 -> {
          if (!passed.isEmpty() && replayed < 5) {
            boolean goesOn = stream.replay(replayed, 0, event(replayed));
            replayed++;
            if (!goesOn || (random.nextBoolean() && !stream.replayed(replayed))) {
              passed.clear();
            }
          }
        }
        default -> {
          sink.ready = random.nextInt(3) > 0;
          if (sink.ready) {
            stream.drain();
          }
        }
      }
      if (live == 5 && replayed == 5 && !passed.isEmpty() && !stream.replayed(5)) {
        passed.clear();
      }
    }
    return sink.heard;
  }

  private void listenAt(long offset) {
    requests.partitions.begin(List.of(new ReplyTo(0, offset)));
  }

  private static void replay(ResponseStream stream, long offset) {
    assertTrue(stream.replay(offset, 0, event(offset)));
  }

  private static void replayAll(ResponseStream stream) {
    LongStream.range(0, 5).forEach(offset -> stream.replay(offset, 0, event(offset)));
  }

  private static byte[] value(long offset) {
    return TokenCodec.encode(event(offset));
  }

  /** A stream of three chunks, one record at each offset. */
  private static TokenRecord event(long offset) {
    TokenEvent event =
        offset == 0 ? Events.started() : offset == 4 ? Events.finished() : Events.chunk(offset - 1);
    return SampleRequests.record(1, event);
  }

  /** What a client hears that has so many chunks. */
  private static List<String> behind(int chunks) {
    return Stream.concat(Stream.of("opened", "accepted"), Stream.of(WHOLE).skip(3L + chunks))
        .toList();
  }

  private void assertHeard(String... expected) {
    assertEquals(List.of(expected), sink.heard);
  }
}
