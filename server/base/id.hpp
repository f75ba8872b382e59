#pragma once

#include "server/base/time.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio {

/// A UUID (RFC 9562). New ones are of version 7, so that they sort by time and new rows share index pages.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    static Uuid v7(Instant now, std::array<std::uint8_t, 10> const& random);
    static std::optional<Uuid> parse(
        std::string_view text);  ///< the 36 characters of RFC 9562 §4, either case
    [[nodiscard]] std::string text() const;
    friend auto operator<=>(Uuid const&, Uuid const&) = default;
};

/// An identifier of one kind of thing; a TaskId does not pass for a FindingId.
template <class Tag>
class Id {
  public:
    Id() = delete;

    explicit constexpr Id(Uuid value) : value_(value) {}

    static std::optional<Id> parse(std::string_view text) {
        auto uuid = Uuid::parse(text);
        if (!uuid) return std::nullopt;
        return Id{*uuid};
    }

    [[nodiscard]] Uuid const& raw() const noexcept { return value_; }

    [[nodiscard]] std::string text() const { return value_.text(); }

    friend constexpr auto operator<=>(Id const&, Id const&) = default;

  private:
    Uuid value_;
};

using OrganisationId = Id<struct OrganisationTag>;
using AccountId = Id<struct AccountTag>;
using TokenId = Id<struct TokenTag>;
using MatterId = Id<struct MatterTag>;
using NoticeId = Id<struct NoticeTag>;
using CommitmentId = Id<struct CommitmentTag>;
using TaskId = Id<struct TaskTag>;
using EvidenceId = Id<struct EvidenceTag>;
using RecusalId = Id<struct RecusalTag>;
using ReopeningId = Id<struct ReopeningTag>;
using NoteId = Id<struct NoteTag>;
using InquiryId = Id<struct InquiryTag>;
using TicketId = Id<struct TicketTag>;
using FindingId = Id<struct FindingTag>;
using DocumentId = Id<struct DocumentTag>;
using RecordId = Id<struct RecordTag>;
using DrawId = Id<struct DrawTag>;
using SubscriptionId = Id<struct SubscriptionTag>;
using DeliveryId = Id<struct DeliveryTag>;
using ConflictId = Id<struct ConflictTag>;

}  // namespace sponsio
