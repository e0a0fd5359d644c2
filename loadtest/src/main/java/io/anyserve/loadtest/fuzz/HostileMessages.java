package io.anyserve.loadtest.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Protobuf messages of a type with fields at their extremes, damaged encodings among them. Driven
 * by the descriptor, so that a new field is covered the day it is there. Not thread-safe.
 */
final class HostileMessages {

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    7,
    Byte.MAX_VALUE,
    Short.MAX_VALUE,
    Integer.MAX_VALUE - 1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 53,
    1_790_000_000_000_000L,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final double[] FRACTIONS = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };
  private static final String[] TEXTS = {
    "",
    " ",
    "story",
    "echo",
    "hostile",
    "a/b",
    "../..",
    "\0",
    "line\nbreak",
    "\u202e\ufeff",
    "\ud83d\ude00",
    "%s%n",
    "{}",
    "NaN",
    "0",
    "__proto__"
  };
  private static final int MOST_TEXT = 900_000;

  /** What a topic takes, less key and headers. */
  private static final int MOST_BYTES = 1_000_000;

  private static final int DEEPEST = 6;
  private static final int GROUP_DEPTH = 5_000;

  private final Random random;

  HostileMessages(Random random) {
    this.random = random;
  }

  /**
   * The bytes of one.
   *
   * @param samples real messages to start from, which reach further than made up ones
   */
  byte[] next(Descriptor type, List<byte[]> samples) {
    byte[] whole =
        switch (random.nextInt(10)) {
          case 0 -> noise();
          case 1, 2, 3 -> made(type, 0).build().toByteArray();
          default ->
              samples.isEmpty()
                  ? made(type, 0).build().toByteArray()
                  : changed(type, samples.get(random.nextInt(samples.size())));
        };
    byte[] bytes = random.nextInt(4) == 0 ? damaged(whole) : whole;
    return bytes.length <= MOST_BYTES ? bytes : Arrays.copyOf(bytes, MOST_BYTES);
  }

  private byte[] noise() {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] changed(Descriptor type, byte[] sample) {
    try {
      DynamicMessage.Builder message = DynamicMessage.parseFrom(type, sample).toBuilder();
      for (int i = random.nextInt(3); i >= 0; i--) {
        change(message, 0);
      }
      disguise(message);
      return message.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      return sample;
    }
  }

  /** Sets one field somewhere below to something else, or clears it. */
  private void change(Message.Builder message, int depth) {
    List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
    FieldDescriptor field = fields.get(random.nextInt(fields.size()));
    boolean inner = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    if (inner && !field.isRepeated() && message.hasField(field) && random.nextInt(4) > 0) {
      Message.Builder below = ((Message) message.getField(field)).toBuilder();
      change(below, depth + 1);
      message.setField(field, below.build());
    } else {
      message.clearField(field);
      if (random.nextInt(4) > 0) {
        fill(message, field, depth);
      }
    }
  }

  /**
   * No request of others and no worker but invented ones: whoever may write these topics may cancel
   * and drain, and doing so would be no finding.
   */
  private void disguise(Message.Builder message) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getName().equals("worker")
          && field.getJavaType() == FieldDescriptor.JavaType.STRING) {
        message.setField(field, worker());
      } else if (field.getName().equals("request_id")
          && field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING
          && random.nextInt(8) > 0) {
        message.setField(field, ByteString.copyFrom(id()));
      } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && !field.isRepeated()
          && message.hasField(field)) {
        Message.Builder below = ((Message) message.getField(field)).toBuilder();
        disguise(below);
        message.setField(field, below.build());
      }
    }
  }

  String worker() {
    return "hostile-" + random.nextInt(50);
  }

  /** A UUID of version 7, as services make them. */
  byte[] id() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    id[6] = (byte) (0x70 | (id[6] & 0x0f));
    id[8] = (byte) (0x80 | (id[8] & 0x3f));
    return id;
  }

  private DynamicMessage.Builder made(Descriptor type, int depth) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      if (random.nextInt(3) > 0) {
        fill(message, field, depth);
      }
    }
    if (depth == 0) {
      disguise(message);
    }
    return message;
  }

  private void fill(Message.Builder message, FieldDescriptor field, int depth) {
    if (depth > DEEPEST) {
      return;
    }
    if (field.isRepeated()) {
      int count = random.nextInt(100) == 0 ? 2_000 : random.nextInt(3);
      for (int i = 0; i < count; i++) {
        message.addRepeatedField(field, value(field, count > 3 ? DEEPEST : depth));
      }
    } else {
      message.setField(field, value(field, depth));
    }
  }

  private Object value(FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> (int) number();
      case LONG -> number();
      case FLOAT -> (float) fraction();
      case DOUBLE -> fraction();
      case BOOLEAN -> random.nextBoolean();
      case STRING -> text(random.nextInt(500) == 0 ? MOST_TEXT : 2_000);
      case BYTE_STRING -> ByteString.copyFrom(random.nextBoolean() ? id() : noise());
      case ENUM ->
          field
              .getEnumType()
              .findValueByNumberCreatingIfUnknown(
                  random.nextInt(8) == 0 ? (int) number() : random.nextInt(6));
      case MESSAGE -> made(field.getMessageType(), depth + 1).build();
    };
  }

  private long number() {
    return random.nextInt(8) == 0 ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private double fraction() {
    return FRACTIONS[random.nextInt(FRACTIONS.length)];
  }

  private String text(int most) {
    return random.nextInt(6) == 0
        ? "x".repeat(random.nextInt(most))
        : TEXTS[random.nextInt(TEXTS.length)];
  }

  private byte[] damaged(byte[] whole) {
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      case 1 -> flipped(whole);
      case 2 -> joined(whole, unknown());
      case 3 -> joined(unknown(), whole);
      case 4 -> joined(whole, groups());
      default -> joined(whole, whole);
    };
  }

  /** Text that is no UTF-8, and lengths that are none. */
  private byte[] flipped(byte[] whole) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
    }
    return bytes;
  }

  /** Fields with numbers that may be known, of types that they have not. */
  private byte[] unknown() {
    var fields = UnknownFieldSet.newBuilder();
    for (int i = 0; i < 3; i++) {
      var field = UnknownFieldSet.Field.newBuilder();
      switch (random.nextInt(4)) {
        case 0 -> field.addVarint(number());
        case 1 -> field.addFixed32((int) number());
        case 2 -> field.addFixed64(number());
        default -> field.addLengthDelimited(ByteString.copyFrom(noise()));
      }
      fields.mergeField(1 + random.nextInt(20), field.build());
    }
    return fields.build().toByteArray();
  }

  /** Groups in groups in groups. */
  private static byte[] groups() {
    byte[] start = new byte[GROUP_DEPTH];
    Arrays.fill(start, (byte) 0x0b);
    return start;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  /** Plain JSON as no submission should be. */
  byte[] json() {
    List<String> bodies = new ArrayList<>();
    bodies.add("{\"capability\":\"story\",\"prompt\":\"a\",\"prompt\":\"b\"}");
    bodies.add("{\"capability\":\"story\",\"prompt\":\"a\",\"temperature\":NaN}");
    bodies.add("{\"capability\":\"story\",\"prompt\":\"a\",\"max_tokens\":1e999999999}");
    bodies.add("{\"capability\":\"story\",\"prompt\":\"a\",\"deadline\":\"" + number() + "\"}");
    bodies.add("{\"capability\":\"story\",\"prompt\":\"a\",\"seed\":" + number() + "}");
    bodies.add("{\"capability\":\"story\",\"prompt\":\"\\ud800\",\"labels\":{\"\\udc00\":\"x\"}}");
    bodies.add("{\"capability\":\"story\",\"labels\":{\"" + "k".repeat(5_000) + "\":\"v\"}}");
    bodies.add("\ufeff{\"capability\":\"story\",\"prompt\":\"a\"}");
    bodies.add("[".repeat(random.nextInt(50_000)));
    bodies.add("{\"a\":".repeat(random.nextInt(20_000)));
    bodies.add("{\"capability\":\"" + text(100) + "\",\"tenant\":\"" + text(100) + "\"}");
    bodies.add("{\"id\":\"" + new java.util.UUID(random.nextLong(), number()) + "\"}");
    String body = bodies.get(random.nextInt(bodies.size()));
    return body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  byte[] anyBytes(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }
}
