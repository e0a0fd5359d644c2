package io.anyserve.router.conversations;

import static io.anyserve.router.conversations.ConversationRun.CHAT;
import static io.anyserve.router.conversations.ConversationRun.NOW;
import static io.anyserve.router.conversations.ConversationRun.id;
import static io.anyserve.router.conversations.ConversationRun.ids;
import static io.anyserve.router.conversations.ConversationRun.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.router.conversations.ConversationReader.ConversationPage;
import io.anyserve.router.conversations.ConversationReader.MessagePage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reading page by page. */
final class ConversationPagesTest {

  private static final TenantId ACME = new TenantId("acme");
  private static final int MANY = 10_000;

  private final ConversationRun run = new ConversationRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aPathComesFromItsEnd() {
    for (int i = 1; i <= 5; i++) {
      run.append("m" + i, i == 1 ? "" : "m" + (i - 1), "user", "text");
    }
    MessagePage last = run.reader().path(CHAT, Optional.empty(), 2);
    assertEquals(List.of("m4", "m5"), ids(last.messages()));
    MessagePage middle = run.reader().path(CHAT, last.next(), 2);
    assertEquals(List.of("m2", "m3"), ids(middle.messages()));
    MessagePage first = run.reader().path(CHAT, middle.next(), 2);
    assertEquals(List.of("m1"), ids(first.messages()));
    assertEquals(Optional.empty(), first.next());
    assertEquals(
        List.of("m1", "m2", "m3"),
        ids(run.reader().path(CHAT, Optional.of(new MessageId("m3")), 10).messages()));
    assertEquals(Optional.empty(), run.reader().path(CHAT, Optional.empty(), 5).next());
  }

  @Test
  void aTreeComesById() {
    for (int i = 1; i <= 5; i++) {
      run.append("m" + i, "", "user", "text");
    }
    MessagePage first = run.reader().tree(CHAT, Optional.empty(), 2);
    assertEquals(List.of("m1", "m2"), ids(first.messages()));
    MessagePage rest = run.reader().tree(CHAT, first.next(), 3);
    assertEquals(List.of("m3", "m4", "m5"), ids(rest.messages()));
    assertEquals(Optional.empty(), rest.next());
  }

  @Test
  void aPageEndsBeforeItIsTooLargeForACall() {
    String text = "x".repeat(ConversationMessage.LONGEST_TEXT);
    for (int i = 1; i <= 9; i++) {
      run.append("m" + i, i == 1 ? "" : "m" + (i - 1), "user", text);
    }
    MessagePage tree = run.reader().tree(CHAT, Optional.empty(), 100);
    assertEquals(List.of("m1", "m2", "m3", "m4"), ids(tree.messages()));
    assertEquals(Optional.of(new MessageId("m4")), tree.next());
    MessagePage path = run.reader().path(CHAT, Optional.empty(), 100);
    assertEquals(List.of("m6", "m7", "m8", "m9"), ids(path.messages()));
    assertEquals(Optional.of(new MessageId("m5")), path.next());
  }

  @Test
  void aPathToNowhereIsRefused() {
    run.append("m1", "", "user", "text");
    assertEquals(
        "INVALID_REQUEST: message_id: x (expected: a message of c1)",
        assertThrows(
                FailureException.class,
                () -> run.reader().path(CHAT, Optional.of(new MessageId("x")), 5))
            .failure()
            .toString());
  }

  @Test
  void theNewestConversationIsTheFirst() {
    for (int i = 1; i <= 4; i++) {
      run.append(id("acme", "c" + i), message("m1", "", "user", "text", NOW.plusSeconds(i % 3)));
    }
    assertEquals(List.of("c2", "c1", "c4", "c3"), run.sessions("acme", ""));
    run.append(id("acme", "c3"), message("m2", "m1", "user", "more", NOW.plusSeconds(9)));
    assertEquals(List.of("c3", "c2", "c1", "c4"), run.sessions("acme", ""));
    assertEquals(List.of(List.of("c3", "c2", "c1"), List.of("c4")), pages("", 3));
    assertEquals(List.of(List.of("c3", "c2", "c1", "c4")), pages("", 4));
  }

  @Test
  void responsesAreKeptButNotListed() {
    run.append(id("acme", "resp_1"), message("m1", "", "system", "text", NOW.plusSeconds(1)));
    run.append(id("acme", "c1"), message("m1", "", "user", "text", NOW));
    run.append(id("acme", "resp_2"), message("m1", "", "system", "text", NOW));
    run.append(id("acme", "responses"), message("m1", "", "user", "text", NOW.plusSeconds(2)));
    assertEquals(List.of(List.of("responses"), List.of("c1")), pages("", 1));
    assertEquals(List.of("responses", "c1"), run.sessions("acme", "text"));
    assertEquals(
        List.of("m1"),
        ids(run.reader().tree(id("acme", "resp_1"), Optional.empty(), 9).messages()));
  }

  @Test
  void aSearchFindsTitlesAndTextsOfAllBranches() {
    run.append("q1", "", "user", "Über Bäume");
    run.append("q1b", "", "user", "Something else");
    run.append(id("acme", "c2"), message("m1", "", "system", "Speak of TREES.", NOW));
    run.edit(new ConversationEdit.Rename(id("acme", "c2"), "Forests"));
    assertEquals(List.of("c1"), run.sessions("acme", "bÄUME"));
    assertEquals(List.of("c2"), run.sessions("acme", "trees"));
    assertEquals(List.of("c2"), run.sessions("acme", "forest"));
    assertEquals(List.of("c1", "c2"), run.sessions("acme", "e"));
    assertEquals(List.of(), run.sessions("acme", "none"));
    assertThrows(IllegalArgumentException.class, () -> new TextSearch("x".repeat(201)));
  }

  @Test
  void aSearchGoesThroughAllInBoundedPages() {
    fill(600);
    List<List<String>> pages = pages("text of c0000", 5);
    assertEquals(
        List.of("c00009", "c00008", "c00007", "c00006", "c00005"),
        pages.stream().filter(page -> !page.isEmpty()).findFirst().orElseThrow());
    assertEquals(10, pages.stream().mapToInt(List::size).sum());
    assertEquals(List.of(), pages.get(0));
    assertEquals(List.of(), pages.get(1));
    assertEquals(4, pages.size());
  }

  @Test
  void tenThousandConversationsAreListedOnceEach() {
    fill(MANY);
    List<String> all = pages("", 200).stream().flatMap(List::stream).toList();
    List<String> expected = new ArrayList<>();
    for (int i = MANY - 1; i >= 0; i--) {
      expected.add(session(i));
    }
    assertEquals(expected, all);
  }

  @Test
  void aPageReadsWhatItReturns() {
    fill(MANY);
    var table = new CountingTable(run.table());
    var reader = new ConversationReader(new ConversationTable(table));
    ConversationPage first = reader.list(ACME, new TextSearch(""), Optional.empty(), 200);
    assertEquals(200, first.conversations().size());
    assertEquals(201, table.visited);
    ConversationPage second = reader.list(ACME, new TextSearch(""), first.next(), 200);
    assertEquals(session(MANY - 201), second.conversations().getFirst().id().session().value());
    assertEquals(402, table.visited);
  }

  @Test
  void aPageOfASearchReadsABoundedNumberOfConversations() {
    fill(MANY);
    var table = new CountingTable(run.table());
    ConversationPage page =
        new ConversationReader(new ConversationTable(table))
            .list(ACME, new TextSearch("absent"), Optional.empty(), 200);
    assertEquals(List.of(), page.conversations());
    assertTrue(page.next().isPresent());
    assertEquals(
        ConversationReader.MOST_SEARCHED + 1 + ConversationReader.MOST_SEARCHED, table.visited);
  }

  /** Counts the records that are visited. */
  private static final class CountingTable implements RecordTable {

    private final RecordTable table;
    private int visited;

    CountingTable(RecordTable table) {
      this.table = table;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
      return table.get(key);
    }

    @Override
    public void scan(byte[] from, byte[] to, Visitor visitor) {
      table.scan(
          from,
          to,
          (key, value) -> {
            visited++;
            return visitor.visit(key, value);
          });
    }
  }

  /** Conversations of one message each, the later ones newer, in the order of their names. */
  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      ConversationId id = id("acme", session(i));
      var message = message("m1", "", "assistant", "text of " + session(i), NOW.plusMillis(i));
      Conversation conversation =
          Conversation.beginningWith(id, message).withTitle("t".repeat(200));
      run.put(ConversationKeys.of(id, message.id()), ConversationCodec.encode(message));
      run.put(ConversationKeys.of(id), ConversationCodec.encode(conversation));
    }
  }

  private static String session(int number) {
    return "c%05d".formatted(number);
  }

  private List<List<String>> pages(String search, int size) {
    List<List<String>> pages = new ArrayList<>();
    Optional<ListPosition> after = Optional.empty();
    do {
      ConversationPage page = run.reader().list(ACME, new TextSearch(search), after, size);
      pages.add(page.conversations().stream().map(found -> found.id().session().value()).toList());
      after = page.next();
    } while (after.isPresent());
    return pages;
  }
}
