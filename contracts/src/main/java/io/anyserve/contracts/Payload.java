package io.anyserve.contracts;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.image.ImageLimits;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.contracts.validation.Utf8;
import java.util.List;
import java.util.Optional;

/** What a model reads or writes. */
public sealed interface Payload {

  /** Bytes that it takes in a record, about. */
  long size();

  /** A prompt or an answer, without NUL. */
  record Text(String text) implements Payload {
    public Text {
      Preconditions.text("text", text);
    }

    @Override
    public long size() {
      return Utf8.length(text);
    }
  }

  /**
   * A conversation, at least one message.
   *
   * @param thinking whether the model is to think before it answers; empty for its own habit
   */
  record Chat(List<ChatMessage> messages, ToolOptions tools, Optional<Boolean> thinking)
      implements Payload {
    public Chat {
      messages = List.copyOf(messages);
      Preconditions.that(!messages.isEmpty(), "chat.messages", "none", "at least one");
      ImageLimits.requireCount(
          "chat.messages", messages.stream().mapToLong(message -> message.images().size()).sum());
    }

    /** Without tools. */
    public Chat(List<ChatMessage> messages) {
      this(messages, ToolOptions.NONE, Optional.empty());
    }

    /** In the order of the messages. */
    public List<ContentPart> images() {
      return messages.stream().flatMap(message -> message.images().stream()).toList();
    }

    /** Whether an image must be fetched. */
    public boolean storesImages() {
      return images().stream().anyMatch(ContentPart.StoredImage.class::isInstance);
    }

    @Override
    public long size() {
      return messages.stream().mapToLong(ChatMessage::size).sum() + tools.size();
    }
  }

  /** Bytes of any kind: an image, a tensor, a document. */
  record Bytes(ByteString bytes, String contentType) implements Payload {
    public Bytes {
      Preconditions.mediaType(contentType);
    }

    @Override
    public long size() {
      return bytes.size();
    }
  }

  /** Content that lies in the object store. */
  record ObjectReference(ObjectRef object) implements Payload {
    @Override
    public long size() {
      return 256;
    }
  }
}
