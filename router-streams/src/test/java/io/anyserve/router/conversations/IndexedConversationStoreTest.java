package io.anyserve.router.conversations;

import static io.anyserve.router.conversations.ConversationRun.NOW;
import static io.anyserve.router.conversations.ConversationRun.id;
import static io.anyserve.router.conversations.ConversationRun.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.MessageId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The index by which conversations are listed. */
final class IndexedConversationStoreTest {

  private final ConversationRun run = new ConversationRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aConversationMovesWithItsNewestMessage() {
    append("c1", "m1", "", NOW);
    append("c2", "m1", "", NOW.plusSeconds(1));
    assertEquals(List.of("c2", "c1"), run.listed());
    append("c1", "m2", "m1", NOW.plusSeconds(2));
    assertEquals(List.of("c1", "c2"), run.listed());
    assertEquals(List.of("c1", "c2"), run.sessions("acme", ""));
  }

  @Test
  void whatDoesNotMoveAConversationChangesItInItsPlace() {
    append("c1", "m1", "", NOW);
    append("c1", "m2", "m1", NOW);
    append("c2", "m1", "", NOW.plusSeconds(1));
    run.edit(new ConversationEdit.Rename(id("acme", "c1"), "A title"));
    run.edit(new ConversationEdit.Rollback(id("acme", "c1"), new MessageId("m1")));
    assertEquals(List.of("c2", "c1"), run.listed());
    Conversation listed = list().getLast();
    assertEquals("A title", listed.title());
    assertEquals(new MessageId("m1"), listed.leaf());
  }

  @Test
  void aDeletedConversationIsListedNoMore() {
    append("c1", "m1", "", NOW);
    append("c2", "m1", "", NOW);
    run.delete(id("acme", "c1"));
    run.delete(id("acme", "c1"));
    assertEquals(List.of("c2"), run.listed());
  }

  @Test
  void tenantsWhoseNamesBeginAlikeAreApart() {
    run.append(id("acme", "c1"), message("m1", "", "user", "text", NOW));
    run.append(id("acme-2", "c2"), message("m1", "", "user", "text", NOW));
    assertEquals(List.of("c1"), run.sessions("acme", ""));
    assertEquals(List.of("c2"), run.sessions("acme-2", ""));
  }

  @Test
  void timesOfAnySizeAreInOrder() {
    List<Long> times = List.of(0L, 9L, 10L, 1_800_000_000_000L, 253_402_300_799_999L);
    for (int i = 0; i < times.size(); i++) {
      append("c" + i, "m1", "", Instant.ofEpochMilli(times.get(i)));
    }
    assertEquals(List.of("c4", "c3", "c2", "c1", "c0"), run.sessions("acme", ""));
  }

  @Test
  void anUnreadableConversationIsNotListedAndMakesRoomForTheNextOne() {
    append("c1", "m1", "", NOW);
    run.put(ConversationKeys.of(id("acme", "c1")), "broken".getBytes(UTF_8));
    assertEquals(List.of(), run.listed());
    append("c1", "m1", "", NOW);
    assertEquals(List.of("c1"), run.listed());
  }

  /** As after a restore, which knows the topic alone, on a disk that had an index. */
  @Test
  void aStartMakesTheIndexAnew() {
    for (int i = 0; i < 2_500; i++) {
      run.put(ConversationKeys.of(id("acme", "old-" + i)), record("old-" + i, i));
    }
    for (int i = 0; i < 2_500; i++) {
      run.store().delete(Bytes.wrap(ConversationKeys.of(id("acme", "old-" + i))));
    }
    for (int i = 0; i < 2_500; i++) {
      restored(id("acme", "new-" + i), record("new-" + i, i));
    }
    restored(id("acme", "resp_1"), record("resp_1", 0));
    restored(id("acme", "broken"), "broken".getBytes(UTF_8));
    assertEquals(2_500, run.listed().stream().filter(name -> name.startsWith("old")).count());

    new IndexedConversationStore(run.store()).rebuild();

    assertEquals(2_500, run.listed().size());
    assertEquals(
        List.of("new-2499", "new-2498", "new-2497"), run.sessions("acme", "").subList(0, 3));
    append("new-0", "m1", "", NOW.plusSeconds(100));
    assertEquals("new-0", run.sessions("acme", "").getFirst());
    assertEquals(2_500, run.listed().size());
  }

  private void restored(ConversationId id, byte[] value) {
    run.store().put(Bytes.wrap(ConversationKeys.of(id)), value);
  }

  private static byte[] record(String session, int updated) {
    return ConversationCodec.encode(
        Conversation.beginningWith(
            id("acme", session), message("m1", "", "user", "text", NOW.plusMillis(updated))));
  }

  private void append(String session, String message, String parent, Instant at) {
    run.append(id("acme", session), message(message, parent, "user", "text", at));
  }

  private List<Conversation> list() {
    return run.reader()
        .list(new TenantId("acme"), new TextSearch(""), Optional.empty(), 100)
        .conversations();
  }
}
