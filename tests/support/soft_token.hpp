#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sponsio::testing {

/// A PKCS#11 token in software (SoftHSM 2, keys made by OpenSC's pkcs11-tool), below a directory of the test.
class SoftToken {
  public:
    static constexpr char const* module = "/usr/lib/softhsm/libsofthsm2.so";
    static constexpr char const* pin = "5678";

    explicit SoftToken(std::filesystem::path directory) : directory_(std::move(directory)) {
        std::filesystem::create_directories(directory_ / "tokens");
        std::ofstream(directory_ / "softhsm2.conf")
            << "directories.tokendir = " << (directory_ / "tokens").string() << "\nlog.level = ERROR\n";
        ::setenv("SOFTHSM2_CONF", (directory_ / "softhsm2.conf").c_str(), 1);
        run("softhsm2-util --init-token --free --label sponsio --so-pin 1234 --pin " + std::string(pin));
        write_pin(pin);
    }

    SoftToken(SoftToken const&) = delete;
    SoftToken& operator=(SoftToken const&) = delete;

    ~SoftToken() { ::unsetenv("SOFTHSM2_CONF"); }

    /// `type` as pkcs11-tool names it: EC:prime256v1, EC:edwards25519.
    void make_key(std::string const& label, std::string const& id, std::string const& type) const {
        tool("--keypairgen --key-type " + type + " --id " + id + " --label " + label);
    }

    void tool(std::string const& arguments) const {
        run(std::string("pkcs11-tool --module ") + module + " --token-label sponsio --login --pin " + pin +
            " " + arguments);
    }

    /// A file for the owner only.
    void write_pin(std::string const& text) const {
        std::ofstream(pin_file()) << text << "\n";
        std::filesystem::permissions(
            pin_file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

    [[nodiscard]] std::filesystem::path pin_file() const { return directory_ / "pin"; }

    /// The key of that label, with the PIN in pin_file().
    [[nodiscard]] std::string uri(std::string const& label) const {
        return "pkcs11:token=sponsio;object=" + label + "?module-path=" + module +
               "&pin-source=file:" + pin_file().string();
    }

  private:
    void run(std::string const& command) const {
        std::string const output = (directory_ / "output").string();
        int const code = std::system((command + " >" + output + " 2>&1").c_str());
        std::ifstream in(output);
        EXPECT_EQ(code, 0) << command << "\n" << in.rdbuf();
    }

    std::filesystem::path directory_;
};

}  // namespace sponsio::testing
