# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests share that compare "iommuctl register show" with others: tables of facts, the tool's
# answers, and TAP.

package Oracle;

use strict;
use warnings;
use Exporter qw(import);
use File::Basename qw(dirname);
use JSON::PP qw(decode_json);

our @EXPORT_OK = qw(document finish registers report show skip table);

my $top  = dirname(__FILE__) . '/../..';
my $tool = $ENV{IOMMUCTL} // "$top/build/iommuctl/iommuctl";
my ($n, $failed) = (0, 0);

# Rows of a file of tests/fixtures/registers as hashes by the heading, the first line that is no comment.
sub table {
    my ($name) = @_;
    open my $in, '<', "$top/tests/fixtures/registers/$name" or die "$name: $!\n";
    my ($heading, @rows) = map { chomp; [ split /\t/ ] } grep { !/^#/ } <$in>;
    return map { my %row; @row{@$heading} = @$_; \%row } @rows;
}

# The document that the tool prints. Status 4 is that of a check that found something.
sub document {
    my (@words) = @_;
    open my $out, '-|', $tool, @words or die "$tool: $!\n";
    my $document = decode_json(do { local $/; <$out> } || '{}');
    close $out or $? >> 8 == 4 or print "# $tool: exit status ", $? >> 8, "\n";
    return $document;
}

# The registers that the tool prints for the words given.
sub run {
    return @{ document('register', @_)->{registers} // [] };
}

# What is made of values, each "NAME=VALUE" of ARCH: one process for all of them.
sub show {
    my ($arch, @words) = @_;
    my @answers = run('show', '-j', '-m', $arch, @words);
    printf "# %d registers for %d values\n", scalar @answers, scalar @words if @answers != @words;
    return @answers;
}

# All registers there are, with fields.
sub registers {
    my %names;
    push @{ $names{ $_->{arch} } }, "$_->{name}=0" for run('list', '-j');
    return map { show($_, @{ $names{$_} }) } sort keys %names;
}

sub report {
    my ($title, @wrong) = @_;
    $title =~ s/#/\\#/g;
    print @wrong ? 'not ok ' : 'ok ', ++$n, " - $title\n", map { "# $_\n" } @wrong;
    $failed++ if @wrong;
}

sub skip {
    my ($title, $why) = @_;
    print 'ok ', ++$n, " - $title # SKIP $why\n";
}

sub finish {
    print "1..$n\n";
    exit($failed ? 1 : 0);
}

1;
