package io.anyserve.router.conversations;

import static io.anyserve.router.conversations.ConversationRun.CHAT;
import static io.anyserve.router.conversations.ConversationRun.NOW;
import static io.anyserve.router.conversations.ConversationRun.id;
import static io.anyserve.router.conversations.ConversationRun.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import io.anyserve.router.conversations.ConversationEdit.Append;
import io.anyserve.router.conversations.ConversationEdit.Complete;
import io.anyserve.router.conversations.ConversationEdit.Rename;
import io.anyserve.router.conversations.ConversationEdit.Rollback;
import io.anyserve.router.conversations.ConversationEdit.SelectBranch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each edit through writer, log, topology and store. */
final class ConversationEditsTest {

  private final ConversationRun run = new ConversationRun();

  @AfterEach
  void close() {
    run.close();
  }

  /** Two turns; then another version of the second question, and another answer to the first. */
  private void grow() {
    run.append("q1", "", "user", "Why?");
    run.append("a1", "q1", "assistant", "Because.");
    run.append("q2", "a1", "user", "Why because?");
    run.append("a2", "q2", "assistant", "Just so.");
    run.append("q2b", "a1", "user", "How?");
    run.append("a1b", "q1", "assistant", "No idea.");
  }

  @Test
  void theFirstMessageBeginsTheConversation() {
    Conversation begun = run.append("q1", "", "user", "Why is it so?");
    assertEquals(new Conversation(CHAT, "Why is it so?", NOW, NOW, new MessageId("q1"), 1), begun);
    assertEquals(begun, run.reader().path(CHAT, Optional.empty(), 1).conversation());
    assertEquals(List.of("q1"), run.path());
  }

  @Test
  void aSecondChildMakesABranch() {
    grow();
    assertEquals(List.of("q1", "a1b"), run.path());
    assertEquals(List.of("a1", "a1b", "a2", "q1", "q2", "q2b"), run.tree());
    assertEquals(6, run.reader().tree(CHAT, Optional.empty(), 1).conversation().messages());
  }

  @Test
  void aSecondRootIsAnotherVersionOfTheFirstMessage() {
    run.append("q1", "", "user", "Why?");
    run.append("q1b", "", "user", "How?");
    assertEquals(List.of("q1b"), run.path());
    assertEquals(List.of("q1", "q1b"), run.tree());
  }

  @Test
  void theSameMessageAgainChangesNothing() {
    run.append("q1", "", "user", "Why?");
    Conversation after = run.append("a1", "q1", "assistant", "Because.");
    int batches = run.log.batches;
    var again = message("q1", "", "user", "Why?", NOW.plusSeconds(9));
    assertEquals(after, run.append(CHAT, again));
    assertEquals(batches, run.log.batches);
    assertEquals(List.of("q1", "a1"), run.path());
  }

  @Test
  void anotherMessageUnderTheSameIdIsRefused() {
    run.append("q1", "", "user", "Why?");
    assertEquals(
        "IDEMPOTENCY_CONFLICT: message.message_id: q1 (expected: an id that no other message has)",
        refusal(() -> run.append("q1", "", "user", "How?")));
    assertEquals(List.of("q1"), run.path());
  }

  @Test
  void aParentMustBeThere() {
    assertEquals(
        "SESSION_NOT_FOUND: session: c1 (expected: a conversation of this tenant)",
        refusal(() -> run.append("a1", "q1", "assistant", "Because.")));
    run.append("q1", "", "user", "Why?");
    assertEquals(
        "INVALID_REQUEST: message.parent_id: q9 (expected: a message of c1)",
        refusal(() -> run.append("a1", "q9", "assistant", "Because.")));
    assertEquals(List.of("q1"), run.tree());
  }

  @Test
  void aConversationIsBounded() {
    var full =
        new Conversation(CHAT, "", NOW, NOW, new MessageId("q1"), Conversation.MOST_MESSAGES);
    run.put(ConversationKeys.of(CHAT), ConversationCodec.encode(full));
    assertEquals(
        "TOO_LARGE: session: c1 has 10000 messages (expected: fewer, to add one)",
        refusal(() -> run.append("q2", "", "user", "More?")));
  }

  @Test
  void aRollbackGoesBackOnTheCurrentPathOnly() {
    grow();
    run.edit(new SelectBranch(CHAT, new MessageId("a2")));
    assertEquals(new MessageId("a1"), run.edit(new Rollback(CHAT, new MessageId("a1"))).leaf());
    assertEquals(List.of("q1", "a1"), run.path());
    assertEquals(
        "INVALID_REQUEST: message_id: a2 (expected: a message on the current path)",
        refusal(() -> run.edit(new Rollback(CHAT, new MessageId("a2")))));
    assertEquals(
        "INVALID_REQUEST: message_id: a1b (expected: a message on the current path)",
        refusal(() -> run.edit(new Rollback(CHAT, new MessageId("a1b")))));
    assertEquals(6, run.tree().size());
  }

  @Test
  void aBranchIsSelectedUpToItsNewestEnd() {
    grow();
    run.append(CHAT, message("q2c", "a1", "user", "When?", NOW.minusSeconds(1)));
    assertEquals(
        new MessageId("q2b"), run.edit(new SelectBranch(CHAT, new MessageId("a1"))).leaf());
    assertEquals(new MessageId("a2"), run.edit(new SelectBranch(CHAT, new MessageId("q2"))).leaf());
    assertEquals(List.of("q1", "a1", "q2", "a2"), run.path());
    assertEquals(
        "INVALID_REQUEST: message_id: x (expected: a message of c1)",
        refusal(() -> run.edit(new SelectBranch(CHAT, new MessageId("x")))));
  }

  @Test
  void aTitleCanBeChanged() {
    Conversation begun = run.append("q1", "", "user", "Why?");
    assertEquals(begun.withTitle("Reasons"), run.edit(new Rename(CHAT, "Reasons")));
    assertEquals("Reasons", run.append("q2", "q1", "user", "And?").title());
    assertEquals(
        "SESSION_NOT_FOUND: session: c2 (expected: a conversation of this tenant)",
        refusal(() -> run.edit(new Rename(id("acme", "c2"), "Nothing"))));
  }

  @Test
  void whatIsDeletedLeavesNothingInTheStore() {
    grow();
    run.append(id("acme", "c10"), message("q1", "", "user", "Another.", NOW));
    run.delete(CHAT);
    assertEquals(List.of("conversation/acme/c10", "message/acme/c10/q1"), run.keys());
    assertEquals(
        "SESSION_NOT_FOUND: session: c1 (expected: a conversation of this tenant)",
        refusal(run::path));
    assertEquals(
        "SESSION_NOT_FOUND: session: c1 (expected: a conversation of this tenant)",
        refusal(() -> run.append("a9", "q2b", "assistant", "A late answer.")));
    run.delete(CHAT);
    run.append("q1", "", "user", "A new beginning.");
    assertEquals(List.of("q1"), run.tree());
  }

  @Test
  void aTenantSeesItsOwnOnly() {
    run.append("q1", "", "user", "Why?");
    var other = id("umbrella", "c1");
    assertEquals(List.of(), run.sessions("umbrella", ""));
    assertEquals(
        "SESSION_NOT_FOUND: session: c1 (expected: a conversation of this tenant)",
        refusal(() -> run.reader().tree(other, Optional.empty(), 10)));
    run.append(other, message("q1", "", "user", "Mine.", NOW));
    run.delete(other);
    assertEquals(List.of("q1"), run.path());
    assertEquals(List.of("c1"), run.sessions("acme", ""));
  }

  @Test
  void anUnreadableRecordIsAsGoodAsNone() {
    grow();
    run.put(ConversationKeys.of(id("acme", "c2")), "garbage".getBytes(UTF_8));
    run.put(ConversationKeys.of(CHAT, new MessageId("a3")), new byte[0]);
    run.put(null, new byte[0]);
    assertEquals(List.of("c1"), run.sessions("acme", ""));
    assertEquals(List.of("a1", "a1b", "a2", "q1", "q2", "q2b"), run.tree());
    run.append(id("acme", "c2"), message("q1", "", "user", "Anew.", NOW));
    assertEquals(List.of("c1", "c2"), run.sessions("acme", ""));
  }

  private static ConversationMessage running(String id, String parent) {
    return answer(id, parent, "", new AnswerState.Running(NOW.plusSeconds(60)));
  }

  private static ConversationMessage answer(
      String id, String parent, String text, AnswerState state) {
    return new ConversationMessage(
        new MessageId(id),
        Optional.of(new MessageId(parent)),
        "assistant",
        new Payload.Text(text),
        Optional.of(
            new MessageOrigin(
                new RequestId(0, 7),
                "story",
                TokenUsage.NONE,
                Optional.of(new ReplyTo(3, 400)),
                state)),
        NOW);
  }

  private ConversationMessage stored(String id) {
    return run.reader().tree(CHAT, Optional.empty(), 100).messages().stream()
        .filter(message -> message.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private void ask() {
    var question = message("q1", "", "user", "Why?", NOW);
    run.edit(new Append(CHAT, question, Optional.of(running("a1", "q1"))));
  }

  @Test
  void aRunningAnswerIsAppendedWithItsQuestion() {
    ask();
    assertEquals(List.of("q1", "a1"), run.path());
    assertEquals(running("a1", "q1"), stored("a1"));
    assertEquals(2, run.reader().tree(CHAT, Optional.empty(), 1).conversation().messages());
  }

  @Test
  void aQuestionThatIsThereGetsNoOtherAnswer() {
    ask();
    var again = message("q1", "", "user", "Why?", NOW.plusSeconds(1));
    Conversation after = run.edit(new Append(CHAT, again, Optional.of(running("a2", "q1"))));
    assertEquals(new MessageId("a1"), after.leaf());
    assertEquals(List.of("a1", "q1"), run.tree());
  }

  @Test
  void aQuestionIsNotAppendedWithoutItsAnswer() {
    ask();
    var other = message("q2", "a1", "user", "And?", NOW);
    var taken = answer("a1", "q2", "", new AnswerState.Running(NOW));
    assertEquals(
        "IDEMPOTENCY_CONFLICT: answer.message_id: a1 (expected: an id that no other message has)",
        refusal(() -> run.edit(new Append(CHAT, other, Optional.of(taken)))));
    assertEquals(List.of("a1", "q1"), run.tree());
  }

  @Test
  void theFirstEndOfAnAnswerCounts() {
    ask();
    var end = answer("a1", "q1", "Because.", new AnswerState.Complete());
    run.edit(new Complete(CHAT, end.at(NOW.plusSeconds(9))));
    assertEquals(end, stored("a1"));
    var late = new AnswerState.Failed(new Failure(FailureCode.RESUME_EXPIRED, "too late"));
    run.edit(new Complete(CHAT, answer("a1", "q1", "", late)));
    assertEquals(end, stored("a1"));
  }

  @Test
  void onlyAnAnswersOwnEndReplacesIt() {
    ask();
    assertEquals(
        "IDEMPOTENCY_CONFLICT: message.message_id: a1 (expected: an id that no other message has)",
        refusal(
            () ->
                run.edit(
                    new Complete(CHAT, answer("a1", "q9", "Other.", new AnswerState.Complete())))));
    assertEquals(
        "INVALID_REQUEST: message.message_id: a9 (expected: a message of c1)",
        refusal(
            () ->
                run.edit(
                    new Complete(CHAT, answer("a9", "q1", "Other.", new AnswerState.Complete())))));
    assertEquals(running("a1", "q1"), stored("a1"));
  }

  @Test
  void aDeletionNamesTheRequestsThatRun() {
    ask();
    assertEquals(List.of(new RequestId(0, 7)), run.delete(CHAT));
    assertEquals(
        "SESSION_NOT_FOUND: session: c1 (expected: a conversation of this tenant)",
        refusal(
            () ->
                run.edit(
                    new Complete(CHAT, answer("a1", "q1", "Late.", new AnswerState.Complete())))));
    ask();
    run.edit(new Complete(CHAT, answer("a1", "q1", "Now.", new AnswerState.Complete())));
    assertEquals(List.of(), run.delete(CHAT));
  }

  private static String refusal(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(FailureException.class, call).failure().toString();
  }
}
