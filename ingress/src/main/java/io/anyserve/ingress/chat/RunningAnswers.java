package io.anyserve.ingress.chat;

import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Completes what has ended in the log among the answers that a conversation says are running. */
record RunningAnswers(ChatAnswers answers) {

  private static final Duration READING = Duration.ofSeconds(3);

  /** For the end that the live reader brings a moment after the log was read. */
  private static final Duration LAST_RECORDS = Duration.ofMillis(200);

  /** Waits until those that have ended are complete; returns whether any is, as far as is known. */
  boolean await(ConversationId conversation, List<ConversationMessage> messages) {
    List<AnswerRecorder> recorders =
        messages.stream()
            .filter(ConversationMessage::isRunning)
            .map(message -> answers.follow(conversation, message))
            .toList();
    List<AnswerRecorder> reading =
        recorders.stream().filter(recorder -> !recorder.caughtUp().isDone()).toList();
    await(all(reading.stream().map(AnswerRecorder::caughtUp).toList()), READING);
    await(all(reading.stream().map(AnswerRecorder::settled).toList()), LAST_RECORDS);
    return recorders.stream().anyMatch(recorder -> recorder.settled().isDone());
  }

  private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
  }

  private static void await(CompletableFuture<Void> done, Duration patience) {
    try {
      done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
