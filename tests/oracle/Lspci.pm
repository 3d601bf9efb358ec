# SPDX-License-Identifier: GPL-2.0-or-later
#
# What lspci prints of capabilities, as registers, fields and bits; and what this machine's prints.

package Lspci;

use strict;
use warnings;
use Exporter qw(import);
use File::Temp;

our @EXPORT_OK = qw(facts installed lspci);

my %acs = (SrcValid => 'sv', TransBlk => 'tb', ReqRedir => 'rr', CmpltRedir => 'cr',
           UpstreamFwd => 'uf', EgressCtrl => 'ec', DirectTrans => 'dt');

# Of each thing printed: its register, and the fields of what is printed with "+" or "-".
my %printed = (
    ACSCap   => [ acs_cap    => \%acs ],
    ACSCtl   => [ acs_ctrl   => \%acs ],
    ATSCap   => [ ats_cap    => {} ],
    ATSCtl   => [ ats_ctrl   => { Enable => 'enable' } ],
    PRICtl   => [ pri_ctrl   => { Enable => 'enable', Reset => 'reset' } ],
    PRISta   => [ pri_status => { RF => 'rf', UPRGI => 'uprgi', Stopped => 'stopped', PASID => 'pasid' } ],
    'Page Request Capacity'   => [ pri_capacity => {} ],
    'Page Request Allocation' => [ pri_alloc    => {} ],
    PASIDCap => [ pasid_cap  => { Exec => 'exec', Priv => 'priv' } ],
    PASIDCtl => [ pasid_ctrl => { Enable => 'enable', Exec => 'exec', Priv => 'priv' } ],
    IOVCtl   => [ sriov_ctrl => { Enable => 'vfe', Migration => 'vfm', Interrupt => 'intr', MSE => 'mse',
                                  ARIHierarchy => 'ari', '10BitTagReq' => 'tag10' } ],
    DevCap2  => [ devcap2    => { TimeoutDis => 'comp_tmout_dis', NROPrPrP => 'no_ro_pr_pr', LTR => 'ltr',
                                  '10BitTagComp' => 'tag10_comp', '10BitTagReq' => 'tag10_req',
                                  ExtFmt => 'ext_fmt', EETLPPrefix => 'ee_prefix', FRS => 'frs',
                                  EmergencyPowerReductionInit => 'epr_init', ARIFwd => 'ari',
                                  Routing => 'atomic_route', '32bit' => 'atomic_comp32',
                                  '64bit' => 'atomic_comp64', '128bitCAS' => 'atomic_comp128' } ],
);
my %obff = ('Not Supported' => 0, 'Via message' => 1, 'Via WAKE#' => 2, 'Via message/WAKE#' => 3);
my %timeouts = ('Not Supported' => 0, A => 1, B => 2, AB => 3, BC => 6, ABC => 7, BCD => 14, ABCD => 15);

# What is printed otherwise: the field's bits, or nothing where the text tells none.
my %values = (
    ATSCap   => { qdep  => sub { /Queue Depth: (\w+)/ ? hex $1 : undef } },
    ATSCtl   => { stu   => sub { /Translation Unit: (\w+)/ ? hex $1 : undef } },
    'Page Request Capacity'   => { requests => sub { /^(\w+)/ ? hex $1 : undef } },
    'Page Request Allocation' => { requests => sub { /^(\w+)/ ? hex $1 : undef } },
    PASIDCap => { width => sub { /Width: (\w+)/ ? hex $1 : undef } },
    DevCap2  => {
        comp_tmout    => sub { /Timeout: (?:Range )?(Not Supported|\w+)/ ? $timeouts{$1} : undef },
        obff          => sub { /OBFF ([^,]+),/ ? $obff{$1} : undef },
        ee_prefix_max => sub { /MaxEETLPPrefixes (\d)/ ? $1 % 4 : undef },
        ln_cls        => sub { /LN System CLS (?:(Not)|(64)|(128))/ ? $3 ? 2 : $2 ? 1 : 0 : undef },
        tph_comp      => sub { / TPHComp(.) ExtTPHComp(.)/ ? ($1 eq '+') + 2 * ($2 eq '+') : undef },
        epr           => sub { /PowerReduction (Not)/ ? 0 : undef },
    },
);

# TEXT as register, field and bits.
sub facts {
    my ($text) = @_;
    my ($tags, @facts) = (join '|', keys %printed);
    while ($text =~ /\b($tags):\s*(.*?)(?=\b(?:$tags|DevCtl2|IOVSta|Capabilities):|\z)/gs) {
        my ($tag, $line) = ($1, $2);
        $line =~ s/\s+/ /g;
        my ($register, $flags) = @{ $printed{$tag} };
        for my $word (sort keys %$flags) {
            push @facts, [ $register, $flags->{$word}, $1 eq '+' ? 1 : 0 ] if $line =~ /\b$word([+-])/;
        }
        for my $field (sort keys %{ $values{$tag} }) {
            local $_ = $line;
            my $raw = $values{$tag}{$field}->();
            push @facts, [ $register, $field, $raw ] if defined $raw;
        }
    }
    return @facts;
}

sub installed {
    return grep { -x "$_/lspci" } split /:/, $ENV{PATH};
}

# BYTES as lspci -xxxx has them.
sub dump_of {
    my ($address, $bytes) = @_;
    my $text = "$address Host bridge: from a test\n";
    for (my $i = 0; $i < length $bytes; $i += 16) {
        $text .= sprintf "%02x: %s\n", $i, join ' ', unpack '(H2)*', substr $bytes, $i, 16;
    }
    return "$text\n";
}

# What this machine's lspci prints of configuration spaces, of 256 at most.
sub lspci {
    my (@spaces) = @_;
    my ($file, $i, %texts) = (File::Temp->new, 0);
    print $file map { dump_of(sprintf('%02x:00.0', $i++), $_) } @spaces;
    close $file;
    open my $out, '-|', "lspci -vvv -F '$file' 2>/dev/null" or return;
    for (split /\n(?=[0-9a-f]{2}:00\.0 )/, do { local $/; <$out> } // '') {
        $texts{ hex $1 } = $_ if /^([0-9a-f]{2}):00\.0 /;
    }
    return map { $texts{$_} // '' } 0 .. $#spaces;
}

1;
