package io.anyserve.contracts.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto.ReservedRange;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.TextFormat;
import io.anyserve.contracts.compatibility.BreakingChange.Rule;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BreakingRulesTest {

  private static final String SAMPLE =
      """
      name: "sample.proto"  package: "sample"  syntax: "proto3"
      options { java_package: "sample"  java_multiple_files: true }
      message_type {
        name: "Order"
        field { name: "id"  number: 1  label: LABEL_OPTIONAL  type: TYPE_STRING }
        field { name: "items"  number: 2  label: LABEL_REPEATED  type: TYPE_INT32 }
        field { name: "card"  number: 3  label: LABEL_OPTIONAL  type: TYPE_STRING  oneof_index: 0 }
        field { name: "cash"  number: 4  label: LABEL_OPTIONAL  type: TYPE_INT64  oneof_index: 0 }
        field {
          name: "note"  number: 5  label: LABEL_OPTIONAL  type: TYPE_STRING
          oneof_index: 1  proto3_optional: true
        }
        field {
          name: "size"  number: 6  label: LABEL_OPTIONAL  type: TYPE_ENUM  type_name: ".sample.Size"
        }
        oneof_decl { name: "payment" }
        oneof_decl { name: "_note" }
        reserved_range { start: 9  end: 10 }
        reserved_name: "old"
      }
      message_type { name: "Receipt" }
      enum_type {
        name: "Size"
        value { name: "SIZE_UNSPECIFIED"  number: 0 }
        value { name: "SIZE_SMALL"  number: 1 }
        reserved_range { start: 7  end: 7 }
      }
      service {
        name: "Orders"
        method {
          name: "Watch"  input_type: ".sample.Order"  output_type: ".sample.Receipt"
          server_streaming: true
        }
      }
      """;

  /** A change of the sample, and the rules that it breaks. */
  record Change(String name, Set<Rule> broken, Consumer<FileDescriptorProto.Builder> make) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Change> changes() {
    return Stream.of(
        file(
            "another package of Java",
            Rule.FILE_OPTIONS,
            f -> f.getOptionsBuilder().setJavaPackage("x")),
        new Change(
            "a message deleted",
            Set.of(Rule.MESSAGE_DELETED, Rule.METHOD_TYPES),
            BreakingRulesTest::withoutReceipt),
        new Change(
            "an enumeration renamed",
            Set.of(Rule.ENUM_DELETED, Rule.FIELD_TYPE),
            BreakingRulesTest::sizeRenamed),
        file(
            "a service renamed", Rule.SERVICE_DELETED, f -> f.getServiceBuilder(0).setName("Shop")),
        service(
            "a method renamed", Rule.METHOD_DELETED, s -> s.getMethodBuilder(0).setName("Look")),
        service(
            "another response",
            Rule.METHOD_TYPES,
            s -> s.getMethodBuilder(0).setOutputType(".sample.Order")),
        service(
            "another request",
            Rule.METHOD_TYPES,
            s -> s.getMethodBuilder(0).setInputType(".sample.Receipt")),
        service(
            "one response instead of a stream",
            Rule.METHOD_STREAMING,
            s -> s.getMethodBuilder(0).setServerStreaming(false)),
        service(
            "a stream of requests",
            Rule.METHOD_STREAMING,
            s -> s.getMethodBuilder(0).setClientStreaming(true)),
        order(
            "a field deleted, its name reserved",
            Rule.FIELD_NUMBER_NOT_RESERVED,
            o -> o.removeField(0).addReservedName("id")),
        order(
            "a field deleted, its number reserved",
            Rule.FIELD_NAME_NOT_RESERVED,
            o -> o.removeField(0).addReservedRange(range(1))),
        order(
            "a field renamed",
            o -> o.getFieldBuilder(0).setName("key"),
            Rule.FIELD_NAME,
            Rule.FIELD_JSON_NAME),
        order(
            "a number used again",
            o ->
                o.setField(
                    0,
                    o.getField(0).toBuilder()
                        .setName("total")
                        .setType(FieldDescriptorProto.Type.TYPE_INT64)),
            Rule.FIELD_NAME,
            Rule.FIELD_JSON_NAME,
            Rule.FIELD_TYPE),
        order(
            "another name in JSON",
            Rule.FIELD_JSON_NAME,
            o -> o.getFieldBuilder(0).setJsonName("ID")),
        order(
            "another type",
            Rule.FIELD_TYPE,
            o -> o.getFieldBuilder(1).setType(FieldDescriptorProto.Type.TYPE_SINT32)),
        order(
            "another message",
            Rule.FIELD_TYPE,
            o ->
                o.getFieldBuilder(5)
                    .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                    .setTypeName(".sample.Receipt")),
        order(
            "one instead of a list",
            Rule.FIELD_LABEL,
            o -> o.getFieldBuilder(1).setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)),
        order(
            "no presence any more",
            Rule.FIELD_LABEL,
            o -> {
              o.getFieldBuilder(4).clearProto3Optional().clearOneofIndex();
              o.removeOneofDecl(1);
            }),
        order(
            "a list that is not packed",
            Rule.FIELD_LABEL,
            o -> o.getFieldBuilder(1).getOptionsBuilder().setPacked(false)),
        order(
            "a field moved out of its oneof",
            Rule.FIELD_ONEOF,
            o -> o.getFieldBuilder(2).clearOneofIndex()),
        order(
            "a oneof renamed",
            o -> o.getOneofDeclBuilder(0).setName("means"),
            Rule.ONEOF_DELETED,
            Rule.FIELD_ONEOF),
        order("a reservation given up", Rule.RESERVATION_DELETED, o -> o.clearReservedRange()),
        order("a reserved name given up", Rule.RESERVATION_DELETED, o -> o.clearReservedName()),
        size(
            "a value deleted, its name reserved",
            Rule.ENUM_NUMBER_NOT_RESERVED,
            e -> e.removeValue(1).addReservedName("SIZE_SMALL")),
        size(
            "a value deleted, its number reserved",
            Rule.ENUM_NAME_NOT_RESERVED,
            e -> e.removeValue(1).addReservedRange(enumRange(1))),
        size("a value renamed", Rule.ENUM_NAME, e -> e.getValueBuilder(1).setName("SIZE_TINY")),
        size("a reserved value given up", Rule.RESERVATION_DELETED, e -> e.clearReservedRange()));
  }

  static Stream<Change> additions() {
    return Stream.of(
        order(
            "a field",
            o ->
                o.addField(
                    FieldDescriptorProto.newBuilder()
                        .setName("total")
                        .setNumber(8)
                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                        .setType(FieldDescriptorProto.Type.TYPE_INT64))),
        order(
            "a field deleted, its number and name reserved",
            o -> o.removeField(0).addReservedRange(range(1)).addReservedName("id")),
        size(
            "a value deleted, its number and name reserved",
            e -> e.removeValue(1).addReservedRange(enumRange(1)).addReservedName("SIZE_SMALL")),
        size(
            "a value",
            e ->
                e.addValue(EnumValueDescriptorProto.newBuilder().setName("SIZE_BIG").setNumber(2))),
        new Change(
            "a message, an enumeration, a service",
            Set.of(),
            f -> {
              f.addMessageType(DescriptorProto.newBuilder().setName("More"));
              f.addService(ServiceDescriptorProto.newBuilder().setName("MoreService"));
            }));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aBreakingChangeIsFound(Change change) {
    List<BreakingChange> found = breaks(change);

    assertEquals(
        change.broken(),
        found.stream().map(BreakingChange::rule).collect(Collectors.toSet()),
        found::toString);
  }

  @ParameterizedTest
  @MethodSource("additions")
  void anAdditionBreaksNothing(Change change) {
    assertEquals(List.of(), breaks(change));
  }

  @Test
  void everyRuleHasAChangeThatBreaksIt() {
    Set<Rule> tested = EnumSet.noneOf(Rule.class);
    changes().forEach(change -> tested.addAll(change.broken()));

    assertEquals(EnumSet.allOf(Rule.class), tested);
  }

  @Test
  void aChangeSaysWhatWasAndWhatIs() {
    String found =
        breaks(changes().filter(one -> one.name().equals("another type")).findFirst().orElseThrow())
            .toString();

    assertTrue(found.contains("FIELD_TYPE sample.Order.items: SINT32 (expected: INT32)"), found);
  }

  private static List<BreakingChange> breaks(Change change) {
    FileDescriptorProto.Builder changed = sample().toBuilder();
    change.make().accept(changed);
    return BreakingRules.compare(schema(sample()), schema(changed.build()));
  }

  private static FileDescriptorProto sample() {
    try {
      return TextFormat.parse(SAMPLE, FileDescriptorProto.class);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(e);
    }
  }

  private static ProtoSchema schema(FileDescriptorProto file) {
    return ProtoSchema.of(FileDescriptorSet.newBuilder().addFile(file).build());
  }

  private static Change file(String name, Rule broken, Consumer<FileDescriptorProto.Builder> make) {
    return new Change(name, Set.of(broken), make);
  }

  private static Change service(
      String name, Rule broken, Consumer<ServiceDescriptorProto.Builder> make) {
    return file(name, broken, file -> make.accept(file.getServiceBuilder(0)));
  }

  private static Change order(String name, Rule broken, Consumer<DescriptorProto.Builder> make) {
    return order(name, make, broken);
  }

  private static Change order(String name, Consumer<DescriptorProto.Builder> make, Rule... broken) {
    return new Change(name, Set.of(broken), file -> make.accept(file.getMessageTypeBuilder(0)));
  }

  private static Change size(String name, Rule broken, Consumer<EnumDescriptorProto.Builder> make) {
    return size(name, make, broken);
  }

  private static Change size(
      String name, Consumer<EnumDescriptorProto.Builder> make, Rule... broken) {
    return new Change(name, Set.of(broken), file -> make.accept(file.getEnumTypeBuilder(0)));
  }

  private static void withoutReceipt(FileDescriptorProto.Builder file) {
    file.removeMessageType(1);
    file.getServiceBuilder(0).getMethodBuilder(0).setOutputType(".sample.Order");
  }

  private static void sizeRenamed(FileDescriptorProto.Builder file) {
    file.getEnumTypeBuilder(0).setName("Width");
    file.getMessageTypeBuilder(0).getFieldBuilder(5).setTypeName(".sample.Width");
  }

  private static ReservedRange range(int number) {
    return ReservedRange.newBuilder().setStart(number).setEnd(number + 1).build();
  }

  private static EnumDescriptorProto.EnumReservedRange enumRange(int number) {
    return EnumDescriptorProto.EnumReservedRange.newBuilder()
        .setStart(number)
        .setEnd(number)
        .build();
  }
}
