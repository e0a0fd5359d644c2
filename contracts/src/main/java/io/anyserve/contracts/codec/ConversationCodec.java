package io.anyserve.contracts.codec;

import static io.anyserve.v1.AnswerState.ANSWER_STATE_COMPLETE;
import static io.anyserve.v1.AnswerState.ANSWER_STATE_FAILED;
import static io.anyserve.v1.AnswerState.ANSWER_STATE_RUNNING;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.v1.ConversationRecord;
import io.anyserve.v1.ConversationRecord.RecordCase;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values of the topic {@code conversations}, and the same records in the gRPC API. */
public final class ConversationCodec {

  private ConversationCodec() {}

  /** The record's value. */
  public static byte[] encode(Conversation conversation) {
    return ConversationRecord.newBuilder()
        .setConversation(write(conversation))
        .build()
        .toByteArray();
  }

  /** The record's value. */
  public static byte[] encode(ConversationMessage message) {
    return ConversationRecord.newBuilder().setMessage(write(message)).build().toByteArray();
  }

  /** Throws {@link MalformedRecordException}, also where the record is a message. */
  public static Conversation decodeConversation(byte @Nullable [] value) {
    return ProtobufParser.read(
        "conversation",
        value,
        ConversationRecord.parser(),
        record -> {
          check(record, RecordCase.CONVERSATION);
          return read(record.getConversation());
        });
  }

  /** Throws {@link MalformedRecordException}, also where the record is a conversation. */
  public static ConversationMessage decodeMessage(byte @Nullable [] value) {
    return ProtobufParser.read(
        "conversation message",
        value,
        ConversationRecord.parser(),
        record -> {
          check(record, RecordCase.MESSAGE);
          var message = record.getMessage();
          return read(message, Instant.ofEpochMilli(message.getCreatedAt()));
        });
  }

  private static void check(ConversationRecord record, RecordCase expected) {
    if (record.getRecordCase() != expected) {
      throw new IllegalArgumentException(
          "record: " + record.getRecordCase() + " (expected: " + expected + ")");
    }
  }

  public static io.anyserve.v1.Conversation write(Conversation conversation) {
    return io.anyserve.v1.Conversation.newBuilder()
        .setTenant(conversation.id().tenant().value())
        .setSession(conversation.id().session().value())
        .setTitle(conversation.title())
        .setCreatedAt(conversation.created().toEpochMilli())
        .setUpdatedAt(conversation.updated().toEpochMilli())
        .setCurrentLeaf(conversation.leaf().value())
        .setMessages(conversation.messages())
        .build();
  }

  /** Throws IllegalArgumentException naming the field that is wrong. */
  public static Conversation read(io.anyserve.v1.Conversation message) {
    return new Conversation(
        new ConversationId(new TenantId(message.getTenant()), new SessionId(message.getSession())),
        message.getTitle(),
        Instant.ofEpochMilli(message.getCreatedAt()),
        Instant.ofEpochMilli(message.getUpdatedAt()),
        new MessageId(message.getCurrentLeaf()),
        message.getMessages());
  }

  public static io.anyserve.v1.ConversationMessage write(ConversationMessage message) {
    var written =
        io.anyserve.v1.ConversationMessage.newBuilder()
            .setMessageId(message.id().value())
            .setParentId(message.parent().map(MessageId::value).orElse(""))
            .setRole(message.role())
            .setCreatedAt(message.created().toEpochMilli());
    message.generation().ifPresent(generation -> written.setGeneration(write(generation)));
    switch (message.content()) {
      case Payload.Text(String text) -> written.setText(text);
      case Payload.ObjectReference(var object) -> written.setObject(PayloadCodec.write(object));
      case Payload.Chat _, Payload.Bytes _ ->
          throw new AssertionError("a conversation's message has none: " + message.id());
    }
    return written.build();
  }

  /**
   * Throws IllegalArgumentException naming the field that is wrong.
   *
   * @param created in place of the time in the message
   */
  public static ConversationMessage read(
      io.anyserve.v1.ConversationMessage message, Instant created) {
    String parent = message.getParentId();
    return new ConversationMessage(
        new MessageId(message.getMessageId()),
        parent.isEmpty() ? Optional.empty() : Optional.of(new MessageId(parent)),
        message.getRole(),
        content(message),
        message.hasGeneration() ? Optional.of(read(message.getGeneration())) : Optional.empty(),
        created);
  }

  private static Payload content(io.anyserve.v1.ConversationMessage message) {
    return switch (message.getContentCase()) {
      case TEXT -> new Payload.Text(message.getText());
      case OBJECT -> new Payload.ObjectReference(PayloadCodec.read(message.getObject()));
      case CONTENT_NOT_SET -> throw ProtobufParser.unset("message.content");
    };
  }

  private static io.anyserve.v1.Generation write(MessageOrigin generation) {
    var written =
        io.anyserve.v1.Generation.newBuilder()
            .setRequestId(generation.request().toString())
            .setModel(generation.model())
            .setUsage(TokenCodec.write(generation.usage()));
    generation.cost().ifPresent(cost -> written.setCost(write(cost)));
    generation.reply().ifPresent(reply -> written.setReply(RequestCodec.write(reply)));
    switch (generation.state()) {
      case AnswerState.Complete() -> written.setState(ANSWER_STATE_COMPLETE);
      case AnswerState.Running(Instant deadline) ->
          written.setState(ANSWER_STATE_RUNNING).setDeadline(deadline.toEpochMilli());
      case AnswerState.Failed(Failure failure) ->
          written
              .setState(ANSWER_STATE_FAILED)
              .setFailureCode(failure.code().name())
              .setFailureMessage(failure.message());
    }
    return written.build();
  }

  private static MessageOrigin read(io.anyserve.v1.Generation message) {
    return new MessageOrigin(
        RequestId.parse(message.getRequestId()),
        message.getModel(),
        TokenCodec.read(message.getUsage()),
        message.hasCost() ? Optional.of(read(message.getCost())) : Optional.empty(),
        message.hasReply() ? Optional.of(RequestCodec.read(message.getReply())) : Optional.empty(),
        state(message));
  }

  private static io.anyserve.v1.AnswerCost write(AnswerCost cost) {
    return io.anyserve.v1.AnswerCost.newBuilder()
        .setCostMicros(cost.micros())
        .setCurrency(cost.currency())
        .setPriceVersion(cost.priceVersion())
        .build();
  }

  private static AnswerCost read(io.anyserve.v1.AnswerCost message) {
    return new AnswerCost(
        message.getCostMicros(), message.getCurrency(), message.getPriceVersion());
  }

  private static AnswerState state(io.anyserve.v1.Generation message) {
    return switch (message.getState()) {
      case ANSWER_STATE_UNSPECIFIED, ANSWER_STATE_COMPLETE -> new AnswerState.Complete();
      case ANSWER_STATE_RUNNING ->
          new AnswerState.Running(Instant.ofEpochMilli(message.getDeadline()));
      case ANSWER_STATE_FAILED ->
          new AnswerState.Failed(
              FailureCodec.read(message.getFailureCode(), message.getFailureMessage()));
      case UNRECOGNIZED ->
          throw Preconditions.refused(
              "generation.state", message.getStateValue(), "complete, running or failed");
    };
  }
}
