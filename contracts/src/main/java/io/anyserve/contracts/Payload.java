package io.anyserve.contracts;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.contracts.validation.Utf8;
import java.util.List;

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

  /** A conversation, at least one message. */
  record Chat(List<ChatMessage> messages) implements Payload {
    public Chat {
      messages = List.copyOf(messages);
      Preconditions.that(!messages.isEmpty(), "chat.messages", "none", "at least one");
    }

    @Override
    public long size() {
      return messages.stream().mapToLong(message -> 8 + Utf8.length(message.content())).sum();
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
