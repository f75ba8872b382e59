#pragma once

#include <string>

namespace sponsio {

/// The locale of messages that the environment asks for (POSIX.1-2017 §8.2): the first of LC_ALL, LC_MESSAGES
/// and LANG that says anything; empty if none does.
std::string locale_of_messages();

/// Whether it is one of Chinese.
bool asks_for_chinese();

}  // namespace sponsio
